/** What a caller may observe of the requests to Anodot and to S3. An event never holds a credential, a header or a body. */
export type RequestEvent =
  | {
      readonly event: 'response';
      /** The request's method and URL without its query string; for S3, the operation as well. */
      readonly request: string;
      readonly status: number;
      /** From the request until the response's headers arrived. */
      readonly milliseconds: number;
      /** Of the body, if a header says so: sent by PUT and POST, received by GET. */
      readonly bytes?: number;
    }
  /** The body of a response was read to its end. */
  | { readonly event: 'body'; readonly request: string; readonly milliseconds: number; readonly bytes: number }
  /** There was no response, or it broke off. The message names the request. */
  | { readonly event: 'failure'; readonly message: string; readonly milliseconds: number }
  /** The request is retried after this pause. */
  | {
      readonly event: 'pause';
      readonly request: string;
      readonly milliseconds: number;
      /** The attempt that follows the pause; the first attempt is 1. */
      readonly attempt: number;
      readonly why: 'backoff' | 'Retry-After';
    };

export type OnRequest = (event: RequestEvent) => void;

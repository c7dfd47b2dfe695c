/**
 * Interprets an error of an AWS SDK client: the service refused the call, there were no credentials, or there was no usable response.
 * Anything else is a bug in this program, and the caller rethrows it unchanged.
 *
 * SDK errors may quote the request, and errors of credential providers may quote what they ran or read. Names, codes and request ids
 * returned here are safe to show. `exception` isn't. Callers match its text and headers, but never show or store them.
 */
export type AwsFailure<Exception extends ServiceException = ServiceException> =
  | {
      readonly kind: 'service';
      readonly name: string;
      /** The HTTP status. 0 if there was none. */
      readonly status: number;
      /** Undefined if there was none, or it isn't safe to show. */
      readonly requestId: string | undefined;
      readonly exception: Exception;
    }
  | { readonly kind: 'credentials'; readonly name: string }
  /**
   * `code` comes from the system call, TLS, the client's timeout or the proxy. Without one, it is the error's name. `status` is set if
   * something other than the service responded, such as a proxy or another server at the endpoint.
   */
  | { readonly kind: 'network'; readonly code: string; readonly status?: number };

/** The part of a client's service exceptions that is used here. */
export interface ServiceException extends Error {
  readonly $metadata: { readonly httpStatusCode?: number | undefined; readonly requestId?: string | undefined };
}

/** The errors of an HTTP request that timed out or was aborted. Some have no code. */
const CUT_OFF = ['TimeoutError', 'AbortError'];

/**
 * @param service the base class of the client's exceptions, such as `S3ServiceException`. Exceptions of other services, which issue
 *   credentials, mean something else. It is a parameter so that no bundle contains a client that it doesn't use
 * @returns undefined for a bug
 */
export function awsFailure<Exception extends ServiceException>(
  error: unknown,
  service: abstract new (...options: never[]) => Exception,
): AwsFailure<Exception> | undefined {
  if (!(error instanceof Error)) return undefined;
  const name = shown(error.name);
  if (error instanceof service) {
    const { httpStatusCode: status = 0, requestId } = error.$metadata;
    return { kind: 'service', name, status, requestId: shownId(requestId), exception: error };
  }
  if (isOfCredentials(error)) return { kind: 'credentials', name };
  const code = 'code' in error && typeof error.code === 'string' ? shown(error.code) : undefined;
  // The client adds `$metadata` to the error of every call that it sent or tried to send.
  const isOfTheCall = code !== undefined || CUT_OFF.includes(error.name) || '$metadata' in error;
  const status = statusIn(error);
  return isOfTheCall ? { kind: 'network', code: code ?? name, ...(status && { status }) } : undefined;
}

/** The status of a response that isn't from the service, or of a proxy that refused a tunnel. */
function statusIn(error: Error): number | undefined {
  const metadata = '$metadata' in error && typeof error.$metadata === 'object' ? error.$metadata : null;
  const ofResponse = metadata && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  const status = ofResponse ?? ('statusCode' in error ? error.statusCode : undefined);
  return typeof status === 'number' ? status : undefined;
}

/** An error of a credential provider, or an exception (with a `$fault`) of the service that issues the credentials. */
const isOfCredentials = (error: Error): boolean =>
  /^(Credentials|Token)ProviderError$/.test(error.name) || 'tryNextLink' in error || '$fault' in error;

/** The request id of a response, if it looks like one. A response may hold anything. */
export const shownId = (id: string | undefined): string | undefined =>
  id !== undefined && /^[\w+/=.:-]{1,128}$/.test(id) ? id : undefined;

/** Names and codes come from a response's body, which may hold anything, so they are checked. */
const shown = (name: string): string => (/^[\w.]{1,64}$/.test(name) ? name : 'an unknown error');

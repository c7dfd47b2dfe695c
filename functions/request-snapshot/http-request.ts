import * as z from 'zod';
import { parseRunId, type RunId } from './run-id.ts';

/** The parts of an HTTP API's event that are read, in payload format 2.0. */
const EVENT = z.object({
  version: z.literal('2.0'),
  rawPath: z.string(),
  rawQueryString: z.string().optional(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});
type HttpEvent = z.infer<typeof EVENT>;

/** The paths, after any prefix that a stage or a domain's mapping adds. */
const PATH = /^((?:\/[\w.~-]+)*?)\/(?:(snapshots)|runs\/([^/]+))$/;

/** The request that a caller makes, or why it is rejected. */
export type HttpRequest =
  /** `base` is the prefix of the paths. */
  | { readonly ask: 'start'; readonly base: string }
  | { readonly ask: 'report'; readonly run: RunId }
  | { readonly ask: 'nothing'; readonly status: 400 | 404; readonly detail: string }
  | { readonly ask: 'nothing'; readonly status: 405; readonly detail: string; readonly allow: string };

const nothing = (status: 400 | 404, detail: string): HttpRequest => ({ ask: 'nothing', status, detail });
const NO_EVENT = nothing(400, 'this function answers an HTTP API, in its payload format 2.0');
const NO_PATH = nothing(404, 'there are POST /snapshots and GET /runs/{run_id}');
const NO_RUN_ID = nothing(404, 'there is no such run: an id is like 20261123T021500Z-api');
const PARAMETERS = nothing(
  400,
  'nothing can be chosen here, neither a date nor a place nor force: send no query, and no body or {}',
);

/** Never throws: an invalid event gives a rejection, which quotes nothing of it. */
export function parseHttpRequest(event: unknown): HttpRequest {
  const http = EVENT.safeParse(event).data;
  if (!http) return NO_EVENT;
  const [path, base = '', snapshots, id = ''] = PATH.exec(http.rawPath) ?? [];
  if (path === undefined) return NO_PATH;
  const allow = snapshots === undefined ? 'GET' : 'POST';
  const { method } = http.requestContext.http;
  if (method !== allow) return { ask: 'nothing', status: 405, detail: `the method here is ${allow}`, allow };
  if (hasParameters(http)) return PARAMETERS;
  if (snapshots !== undefined) return { ask: 'start', base };
  const run = parseRunId(id);
  return run ? { ask: 'report', run } : NO_RUN_ID;
}

/** A caller must not believe that a parameter had an effect. */
function hasParameters({ rawQueryString = '', body, isBase64Encoded = false }: HttpEvent): boolean {
  if (rawQueryString !== '') return true;
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
  return !/^\s*(?:\{\s*\}\s*)?$/.test(text);
}

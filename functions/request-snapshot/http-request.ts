import * as z from 'zod';
import { parseRunId, type RunId } from './run-id.ts';

/** The parts of an HTTP API event that are used, in payload format 2.0. */
const EVENT = z.object({
  version: z.literal('2.0'),
  rawPath: z.string(),
  rawQueryString: z.string().optional(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});
type HttpEvent = z.infer<typeof EVENT>;

/** The paths, after an optional prefix from a stage or a domain mapping. */
const PATH = /^((?:\/[\w.~-]+)*?)\/(?:(snapshots)|runs\/([^/]+))$/;

/** A caller's request, or why it is rejected. */
export type HttpRequest =
  /** `base` is the prefix of the paths. */
  | { readonly ask: 'start'; readonly base: string }
  | { readonly ask: 'report'; readonly run: RunId }
  | { readonly ask: 'nothing'; readonly status: 400 | 404; readonly detail: string }
  | { readonly ask: 'nothing'; readonly status: 405; readonly detail: string; readonly allow: string };

const nothing = (status: 400 | 404, detail: string): HttpRequest => ({ ask: 'nothing', status, detail });
const NO_EVENT = nothing(400, 'expected an event of an HTTP API, in payload format 2.0');
const NO_PATH = nothing(404, 'no such path. Use POST /snapshots or GET /runs/{run_id}');
const NO_RUN_ID = nothing(404, 'no such run. A run id looks like 20261123T021500Z-api');
const PARAMETERS = nothing(400, 'this request takes no parameters. Send no query string, and no body other than {}');

/** Never throws. An invalid event is rejected without quoting it. */
export function parseHttpRequest(event: unknown): HttpRequest {
  const http = EVENT.safeParse(event).data;
  if (!http) return NO_EVENT;
  const [path, base = '', snapshots, id = ''] = PATH.exec(http.rawPath) ?? [];
  if (path === undefined) return NO_PATH;
  const allow = snapshots === undefined ? 'GET' : 'POST';
  const { method } = http.requestContext.http;
  if (method !== allow) return { ask: 'nothing', status: 405, detail: `this path only supports ${allow}`, allow };
  if (hasParameters(http)) return PARAMETERS;
  if (snapshots !== undefined) return { ask: 'start', base };
  const run = parseRunId(id);
  return run ? { ask: 'report', run } : NO_RUN_ID;
}

/** Parameters are rejected, so that no caller believes that one had an effect. */
function hasParameters({ rawQueryString = '', body, isBase64Encoded = false }: HttpEvent): boolean {
  if (rawQueryString !== '') return true;
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
  return !/^\s*(?:\{\s*\}\s*)?$/.test(text);
}

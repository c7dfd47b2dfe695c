import { instanceOf, readStore, required } from '../lambda/environment.ts';
import { failureOf } from '../lambda/failure.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import { SettingsError, StoreError } from '../snapshot/errors.ts';
import { openBucket } from '../snapshot/store/bucket/open-bucket.ts';
import { type HttpRequest, parseHttpRequest } from './http-request.ts';
import { type HttpResponse, jsonResponse, problemResponse, RETRY_SECONDS, retryAfter } from './http-response.ts';
import { CLIENT_OPTIONS, invokerOf, newLambdaClient } from './invocation.ts';
import type { RecentFailure } from './recent-failure.ts';
import { reportRun } from './report-run.ts';
import { RequestLog } from './request-log.ts';
import { type RunId, windowRunId } from './run-id.ts';
import { startRun } from './start-run.ts';

/** The part of Lambda's context that is used. */
export interface Context {
  readonly awsRequestId: string;
}

const environment = process.env;
const now = () => new Date();
// Clients outlive an invocation, so that the next one reuses their connections.
const lambda = newLambdaClient();
let bucket: ReturnType<typeof openBucket> | undefined;
const openStore = () => (bucket ??= openBucket(required(readStore(environment)), environment, CLIENT_OPTIONS));

/**
 * The Lambda function behind the HTTP API. `POST /snapshots` starts a run, or joins the one requested in the same five minutes. For a
 * minute after a failed run, it starts none.
 * `GET /runs/{run_id}` reports a run's status. Never throws: every error becomes a response.
 */
export async function handler(event: unknown, { awsRequestId }: Context): Promise<HttpResponse> {
  const log = new RequestLog(instanceOf(environment), awsRequestId);
  try {
    const request = parseHttpRequest(event);
    const response = await respondTo(request, awsRequestId, log);
    log.responded(request, response);
    return response;
  } catch (error) {
    const response = failureResponse(error, awsRequestId);
    log.failed(failureOf(error), response);
    return response;
  }
}

async function respondTo(request: HttpRequest, requestId: string, log: RequestLog): Promise<HttpResponse> {
  if (request.ask === 'start') return start(request.base, requestId, log);
  if (request.ask === 'report') return report(request.run, requestId);
  return problemResponse(request.status, request.detail, requestId, 'allow' in request ? { allow: request.allow } : {});
}

/** Reports to the caller only whether to try again. The log has the reason. */
function failureResponse(error: unknown, requestId: string): HttpResponse {
  if (!(error instanceof StoreError))
    return problemResponse(500, "internal error: the function's log says why", requestId);
  const detail = "the store could not be read or written: the function's log says why. Try again";
  return problemResponse(503, detail, requestId, retryAfter(RETRY_SECONDS.trouble));
}

async function start(base: string, requestId: string, log: RequestLog): Promise<HttpResponse> {
  const invoke = invokerOf(lambda, functionName());
  const asked = await startRun(await openStore(), windowRunId(now()), invoke, now);
  log.asked(asked);
  const { run_id, status, message } = asked.document;
  if (asked.outcome === 'not started')
    return problemResponse(503, `${message}`, requestId, retryAfter(RETRY_SECONDS.trouble));
  if (asked.outcome === 'too soon') return problemResponse(429, tooSoon(asked), requestId, retryAfter(asked.seconds));
  const location = `${base}/runs/${run_id}`;
  return jsonResponse(202, { run_id, status, location }, { location, ...retryAfter(RETRY_SECONDS.run) });
}

const tooSoon = ({ document, seconds }: RecentFailure): string =>
  `run ${document.run_id} ${document.status === 'refused' ? 'was refused' : 'failed'} less than a minute ago. ` +
  `See GET /runs/${document.run_id}, fix the cause, and try again in ${seconds} s`;

async function report(run: RunId, requestId: string): Promise<HttpResponse> {
  const found = await reportRun(await openStore(), run, now());
  if (!found) return problemResponse(404, 'no such run', requestId);
  const isUnderWay = found.status === 'requested' || found.status === 'running';
  return jsonResponse(200, found, isUnderWay ? retryAfter(RETRY_SECONDS.run) : {});
}

/** @throws SettingsError */
function functionName(): string {
  const name = environment[ENVIRONMENT.snapshotFunction]?.trim() ?? '';
  if (/^[\w:$/-]{1,170}$/.test(name)) return name;
  throw new SettingsError(`${ENVIRONMENT.snapshotFunction}: expected the name or ARN of a function`);
}

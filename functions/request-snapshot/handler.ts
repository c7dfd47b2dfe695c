import { instanceOf, readStore, required } from '../lambda/environment.ts';
import { failureOf } from '../lambda/failure.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import { SettingsError, StoreError } from '../snapshot/errors.ts';
import { openBucket } from '../snapshot/store/bucket/open-bucket.ts';
import { type HttpRequest, parseHttpRequest } from './http-request.ts';
import { type HttpAnswer, jsonAnswer, problemAnswer, RETRY_SECONDS, retryAfter } from './http-response.ts';
import { CLIENT_OPTIONS, invokerOf, newLambdaClient } from './invocation.ts';
import { reportRun } from './report-run.ts';
import { Journal } from './request-log.ts';
import { type RunId, windowRunId } from './run-id.ts';
import { startRun } from './start-run.ts';

/** What the function uses of Lambda's context. */
export interface Context {
  readonly awsRequestId: string;
}

const environment = process.env;
const now = () => new Date();
// Clients outlive the invocation, and with them their connections.
const lambda = newLambdaClient();
let bucket: ReturnType<typeof openBucket> | undefined;
const openStore = () => (bucket ??= openBucket(required(readStore(environment)), environment, CLIENT_OPTIONS));

/**
 * The Lambda function behind the HTTP API: `POST /snapshots` starts a run or joins the one that was asked for in the same five minutes,
 * `GET /runs/{run_id}` tells what became of a run. Never throws: each error is an answer.
 */
export async function handler(event: unknown, { awsRequestId }: Context): Promise<HttpAnswer> {
  const journal = new Journal(instanceOf(environment), awsRequestId);
  try {
    const request = parseHttpRequest(event);
    const answer = await answerTo(request, awsRequestId, journal);
    journal.answered(request, answer);
    return answer;
  } catch (error) {
    const answer = troubleAnswer(error, awsRequestId);
    journal.failed(failureOf(error), answer);
    return answer;
  }
}

async function answerTo(request: HttpRequest, requestId: string, journal: Journal): Promise<HttpAnswer> {
  if (request.ask === 'start') return start(request.base, requestId, journal);
  if (request.ask === 'report') return report(request.run, requestId);
  return problemAnswer(request.status, request.detail, requestId, 'allow' in request ? { allow: request.allow } : {});
}

/** Callers are told no more than whether it is worth asking again. */
function troubleAnswer(error: unknown, requestId: string): HttpAnswer {
  if (!(error instanceof StoreError))
    return problemAnswer(500, 'an error of this installation: its log says which', requestId);
  const detail = 'the store could not be read or written: the log says why. Ask again';
  return problemAnswer(503, detail, requestId, retryAfter(RETRY_SECONDS.trouble));
}

async function start(base: string, requestId: string, journal: Journal): Promise<HttpAnswer> {
  const invoke = invokerOf(lambda, functionName());
  const asked = await startRun(await openStore(), windowRunId(now()), invoke, now);
  journal.asked(asked);
  const { run_id, status, message } = asked.document;
  if (asked.outcome === 'not started')
    return problemAnswer(503, `${message}`, requestId, retryAfter(RETRY_SECONDS.trouble));
  const location = `${base}/runs/${run_id}`;
  return jsonAnswer(202, { run_id, status, location }, { location, ...retryAfter(RETRY_SECONDS.run) });
}

async function report(run: RunId, requestId: string): Promise<HttpAnswer> {
  const found = await reportRun(await openStore(), run, now());
  if (!found) return problemAnswer(404, 'there is no such run', requestId);
  const isUnderWay = found.status === 'requested' || found.status === 'running';
  return jsonAnswer(200, found, isUnderWay ? retryAfter(RETRY_SECONDS.run) : {});
}

/** @throws SettingsError */
function functionName(): string {
  const name = environment[ENVIRONMENT.snapshotFunction]?.trim() ?? '';
  if (/^[\w:$/-]{1,170}$/.test(name)) return name;
  throw new SettingsError(`${ENVIRONMENT.snapshotFunction}: must be the name or the ARN of a function`);
}

import { Logger } from '@aws-lambda-powertools/logger';
import type { Failure } from '../lambda/failure.ts';
import { INSTANCE_DIMENSION } from '../snapshot/metrics.ts';
import type { HttpRequest } from './http-request.ts';
import type { HttpResponse } from './http-response.ts';
import type { Asked } from './start-run.ts';

/** The log lines of one request. They never name the caller: session names are often e-mail addresses. */
export class RequestLog {
  readonly #logger: Logger;

  constructor(instance: string, requestId: string) {
    const persistentKeys = { [INSTANCE_DIMENSION]: instance, function_request_id: requestId };
    this.#logger = new Logger({ serviceName: 'request-snapshot', persistentKeys });
  }

  asked({ outcome, document: { run_id, status, message } }: Asked): void {
    const fields = { run_id, outcome, status };
    if (outcome === 'not started') this.#logger.error('run requested', { ...fields, failure: message });
    else this.#logger.info('run requested', fields);
  }

  responded(request: HttpRequest, { statusCode }: HttpResponse): void {
    const runId = request.ask === 'report' ? { run_id: request.run.text } : {};
    this.#logger.info('request handled', { ask: request.ask, ...runId, http_status: statusCode });
  }

  failed(failure: Failure, { statusCode }: HttpResponse): void {
    this.#logger.error('request failed', { error: failure, http_status: statusCode });
  }
}

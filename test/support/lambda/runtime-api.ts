import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { listenOnLoopback } from '../loopback.ts';

const ERROR = z.object({ errorType: z.string(), errorMessage: z.string(), trace: z.array(z.string()) });
/** The error of a failed invocation, as Lambda's caller receives it. */
export type InvocationError = z.infer<typeof ERROR>;

export interface Answer {
  readonly requestId: string;
  /** What the function returned; undefined if it threw. */
  readonly result?: unknown;
  readonly error?: InvocationError;
  /** The raw result or error. */
  readonly body: string;
  /** The milliseconds left when it arrived. */
  readonly left: number;
}

interface Invocation {
  readonly id: string;
  readonly event: string;
  /** The time limit, from delivery: starting an environment doesn't count. */
  readonly milliseconds: number;
  deadline: number;
  answered(answer: Answer): void;
}

export interface RuntimeApi {
  /** Host and port. */
  readonly address: string;
  /** Delivers an event to the next free execution environment. @param milliseconds its time limit */
  invoke(event: unknown, milliseconds: number): Promise<Answer>;
  close(): Promise<void>;
}

const PATH = /^\/2018-06-01\/runtime\/(?:invocation\/(?:(next)|([\w-]+)\/(response|error))|(init\/error))$/;

/** Serves Lambda's runtime API on loopback, for any number of execution environments that process one event at a time. */
export async function serveRuntimeApi(): Promise<RuntimeApi> {
  const waiting: Invocation[] = [];
  const idle: ServerResponse[] = [];
  const underWay = new Map<string, Invocation>();

  const deliver = (): void => {
    for (let poll = idle[0]; poll && waiting[0]; poll = idle[0]) {
      idle.shift();
      if (poll.destroyed) continue;
      const invocation = waiting.shift();
      if (!invocation) return;
      invocation.deadline = Date.now() + invocation.milliseconds;
      underWay.set(invocation.id, invocation);
      poll.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': invocation.id,
        'lambda-runtime-deadline-ms': invocation.deadline,
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:123456789012:function:take-snapshot',
      });
      poll.end(invocation.event);
    }
  };

  const server = createServer(async (request, response) => {
    const [, next, id = '', kind, init] = PATH.exec(request.url ?? '') ?? [];
    if (next) {
      idle.push(response);
      deliver();
      return;
    }
    const body = await text(request);
    response.writeHead(202).end();
    if (init) throw new Error(`the function could not be loaded: ${body}`);
    const invocation = underWay.get(id);
    if (!invocation) throw new Error(`a response to an invocation that is not in progress: ${request.url}`);
    underWay.delete(id);
    const answer = { requestId: id, body, left: invocation.deadline - Date.now() };
    const value: unknown = JSON.parse(body);
    invocation.answered(kind === 'error' ? { ...answer, error: ERROR.parse(value) } : { ...answer, result: value });
  });
  const { address, close } = await listenOnLoopback(server);
  return {
    address,
    invoke: (event, milliseconds) =>
      new Promise((answered) => {
        waiting.push({ id: randomUUID(), event: JSON.stringify(event), milliseconds, deadline: 0, answered });
        deliver();
      }),
    close,
  };
}

import { InvokeCommand, LambdaClient, type LambdaClientConfig, LambdaServiceException } from '@aws-sdk/client-lambda';
import type { Invoke } from './start-run.ts';

/** Milliseconds: all calls of a request together have less than the thirty seconds of an HTTP API, which wants to say what is wrong. */
export const CLIENT_OPTIONS = {
  retryMode: 'standard',
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    socketTimeout: 2_000,
    requestTimeout: 2_000,
    throwOnRequestTimeout: true,
  },
} as const satisfies LambdaClientConfig;

export const newLambdaClient = (): LambdaClient => new LambdaClient(CLIENT_OPTIONS);

/**
 * @param name ARN or name of the function that takes snapshots
 * @returns queues an event for it. Nothing of what AWS says is quoted but the error's name
 */
export function invokerOf(client: LambdaClient, name: string): Invoke {
  return async (runId) => {
    const Payload = JSON.stringify({ trigger: 'api', run_id: runId });
    try {
      await client.send(new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload }));
      return undefined;
    } catch (error) {
      return `the function that takes snapshots could not be invoked: ${causeOf(error)}`;
    }
  };
}

function causeOf(error: unknown): string {
  const name = error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'an unknown error';
  if (!(error instanceof LambdaServiceException)) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : name;
    return `no answer of AWS Lambda (${code}). Look at the network, and ask again later`;
  }
  return `${name} (HTTP ${error.$metadata.httpStatusCode}). ${adviceFor(name)}`;
}

function adviceFor(name: string): string {
  if (name === 'ResourceNotFoundException') return 'There is no such function: mend SNAPSHOT_FUNCTION';
  if (name === 'AccessDeniedException') return 'Allow lambda:InvokeFunction on it';
  return 'Ask again later';
}

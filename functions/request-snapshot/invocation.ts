import { InvokeCommand, LambdaClient, type LambdaClientConfig, LambdaServiceException } from '@aws-sdk/client-lambda';
import { awsFailure } from '../lambda/aws-failure.ts';
import type { Invoke } from './start-run.ts';

/** Milliseconds. An HTTP API allows thirty seconds, in which all calls of a request must end, or its caller isn't told what is wrong. */
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
 * Queues an event for the function that takes snapshots.
 * @param name its ARN or name
 * @returns a function that reports why the event could not be queued. Of what AWS says it quotes the error's name only; it throws a
 *   bug's error unchanged
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
  const failure = awsFailure(error, LambdaServiceException);
  if (!failure) throw error;
  if (failure.kind === 'service') return `${failure.name} (HTTP ${failure.status}). ${adviceFor(failure.name)}`;
  const came = failure.kind === 'network' ? failure.code : failure.name;
  return `no answer of AWS Lambda (${came}). Look at the network, and ask again later`;
}

function adviceFor(name: string): string {
  if (name === 'ResourceNotFoundException') return 'There is no such function: mend SNAPSHOT_FUNCTION';
  if (name === 'AccessDeniedException') return 'Allow lambda:InvokeFunction on it';
  return 'Ask again later';
}

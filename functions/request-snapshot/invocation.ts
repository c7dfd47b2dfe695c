import { InvokeCommand, LambdaClient, type LambdaClientConfig, LambdaServiceException } from '@aws-sdk/client-lambda';
import { awsFailure } from '../lambda/aws-failure.ts';
import type { Invoke } from './start-run.ts';

/** Milliseconds. All calls of a request must end within the HTTP API's thirty seconds, or its caller gets no reason for a failure. */
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
 * Queues events for the function that takes snapshots.
 * @param name the function's ARN or name
 * @returns a function that returns why the event could not be queued, or undefined if it was. It quotes only the name of AWS's error, and
 *   rethrows a bug's error unchanged
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
  return `no response from AWS Lambda (${came}). Check the network, and try again later`;
}

function adviceFor(name: string): string {
  if (name === 'ResourceNotFoundException') return 'No such function: fix SNAPSHOT_FUNCTION';
  if (name === 'AccessDeniedException') return 'Allow lambda:InvokeFunction on it';
  return 'Try again later';
}

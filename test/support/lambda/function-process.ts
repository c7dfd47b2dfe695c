import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const TOP = join(import.meta.dirname, '../../..');
/** The folder where `.ci/ric` built the native part of AWS's runtime client. If it is not set, another module replaces that part. */
const RIC_NATIVE = process.env['RIC_NATIVE'];
const RIC = 'node_modules/aws-lambda-ric/index.mjs';

/** The deployed bundle, which `npm run bundle` and the tests' global setup write. */
export const TAKE_SNAPSHOT = join(TOP, 'dist/handlers/take-snapshot');

export interface FunctionProcess {
  /** The log so far, as CloudWatch receives it. */
  log(): Promise<string>;
  kill(): Promise<void>;
  /** Its peak memory, in megabytes, as Linux counts it. */
  peakMegabytes(): Promise<number>;
  /** Settles when the process ends. It ends by itself only if it crashes. */
  readonly ended: Promise<unknown>;
}

/**
 * Starts a bundle as Lambda does: under AWS's runtime client, with only the environment that Lambda sets.
 * @param logFile receives the output directly, so that the log is complete when the response arrives
 */
export async function startFunction(
  bundle: string,
  runtimeApi: string,
  environment: { readonly [name: string]: string },
  logFile: string,
): Promise<FunctionProcess> {
  const output = await open(logFile, 'a');
  const preload = ['--import', join(import.meta.dirname, 'ric-preload.ts')];
  const client = RIC_NATIVE ? [join(RIC_NATIVE, RIC)] : [...preload, join(TOP, RIC)];
  const child = spawn(process.execPath, client, {
    cwd: bundle,
    env: {
      PATH: process.env['PATH'],
      TZ: ':UTC',
      AWS_LAMBDA_RUNTIME_API: runtimeApi,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'take-snapshot',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/take-snapshot',
      AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      LAMBDA_TASK_ROOT: bundle,
      _HANDLER: 'index.handler',
      ...environment,
    },
    stdio: ['ignore', output.fd, output.fd],
  });
  const ended = once(child, 'exit');
  await output.close();
  return {
    log: () => readFile(logFile, 'utf8'),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    peakMegabytes: async () => {
      const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      return Number(kilobytes) / 1024;
    },
    ended,
  };
}

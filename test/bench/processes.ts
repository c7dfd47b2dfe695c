/** Starts processes to measure, and the servers that they talk to. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import packageJson from '../../package.json' with { type: 'json' };
import { TOKEN } from '../support/anodot/server.ts';
import { environmentOf, newBucket, S3_ENDPOINT, type S3Place } from '../support/s3/place.ts';

export const TOP = join(import.meta.dirname, '../..');
const HERE = import.meta.dirname;

const [, node, ...words] = packageJson.scripts.start.split(' ');
if (node !== 'node') throw new Error('`npm start` does not run `exec node …`');
/** What Node.js runs for `npm start`, from the top folder. */
const COMMAND: readonly string[] = words;
const COMMAND_FLAGS = COMMAND.filter((word) => /^--(?:max|initial|heap)-/.test(word));

/** What a process took, from its start to its end. */
export interface Usage {
  readonly seconds: number;
  readonly processorSeconds: number;
  /** Peak memory. A megabyte has 2^20 bytes, as everywhere in the benchmark. */
  readonly megabytes: number;
  readonly out: string;
}

export interface NodeOptions {
  readonly environment?: { readonly [name: string]: string };
  /** The exit codes that are no failure. */
  readonly codes?: readonly number[];
}

/** Runs Node.js with some words in the top folder. @throws if it fails */
export async function runNode(
  words: readonly string[],
  { environment = {}, codes = [0] }: NodeOptions = {},
): Promise<Usage> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--require', join(HERE, 'report-usage.cjs'), ...words], {
    cwd: TOP,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const seconds = (performance.now() - started) / 1000;
  if (!codes.includes(code)) throw new Error(`node ${words.join(' ')} ended with ${code}: ${errors}${out}`);
  const [milliseconds = 0, kilobytes = 0] = errors.trim().split('\n').slice(-2).map(Number);
  return { seconds, processorSeconds: milliseconds / 1000, megabytes: kilobytes / 1024, out };
}

/** Runs JavaScript, given as text, in an otherwise empty process. */
export const runCode = (code: string, options?: NodeOptions): Promise<Usage> =>
  runNode(['--input-type=module', '--eval', code], options);

/** Runs a file of this folder with the heap flags of `npm start`. */
export const runFile = (file: string, words: readonly string[], flags = COMMAND_FLAGS): Promise<Usage> =>
  runNode([...flags, join(HERE, file), ...words]);

/** Runs a command as `npm start` does, without npm. */
export const runCommand = (words: readonly string[], options?: NodeOptions): Promise<Usage> =>
  runNode([...COMMAND, ...words], options);

/** The whole command `snapshot`, which reads back what it published. */
export const takeSnapshot = (store: string, url: string, environment: NodeOptions['environment'] = {}) =>
  runCommand(['snapshot', '--store', store, '--quiet'], {
    environment: { ANODOT_URL: url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true', ...environment },
  });

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts a Node.js process that serves something, and calls `work` with the line it prints when it is ready. */
async function withServer<T>(words: readonly string[], work: (line: string) => Promise<T>): Promise<T> {
  const server: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const ended = once(server, 'close').then(() => Promise.reject(new Error('the server ended')));
    const [line] = await Promise.race([once(server.stdout, 'data'), ended]);
    ended.catch(() => undefined);
    return await work(String(line).trim());
  } finally {
    server.kill();
  }
}

/** Calls `work` with the URL of an account whose users are the bytes of a file, served by another process. */
export const withAccount = <T>(file: string, work: (url: string) => Promise<T>): Promise<T> =>
  withServer([join(HERE, 'serve-file.ts'), file], work);

/** Serves the S3 double and prints its place. */
const SERVE_S3 = `
  import { serveS3 } from ${JSON.stringify(new URL('../support/s3/double.ts', import.meta.url))};
  const { endpoint, bucket, region, credentials } = await serveS3();
  console.log(JSON.stringify({ endpoint, bucket, region, credentials }));`;

/** Calls `work` with an empty bucket in another process: the server that S3_ENDPOINT names, otherwise the double. */
export async function withBucket<T>(
  work: (place: S3Place, environment: { readonly [name: string]: string }) => Promise<T>,
): Promise<T> {
  const use = (place: S3Place) => work(place, environmentOf(place));
  if (S3_ENDPOINT) return use(await newBucket(S3_ENDPOINT));
  return withServer(['--input-type=module', '--eval', SERVE_S3], (line) => use(JSON.parse(line)));
}

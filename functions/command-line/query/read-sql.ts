/** Reads the SQL of a query from its argument, a file or standard input: exactly one of them. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { SettingsError } from '../../snapshot/errors.ts';
import type { Terminal } from '../terminal.ts';

/** Far more than a query that a person writes, and little enough to hold. */
const MAX_BYTES = 1 << 20;
const STANDARD_INPUT = '-';

export interface SqlSource {
  /** The argument: SQL, or `-` for standard input. */
  readonly argument: string | undefined;
  readonly file: string | undefined;
}

/**
 * Returns undefined if no source is given.
 * @throws SettingsError if two are, or if the source can't be read as text
 */
export async function readSql(
  { argument, file }: SqlSource,
  { input, interrupt, err }: Pick<Terminal, 'input' | 'interrupt' | 'err'>,
): Promise<string | undefined> {
  if (file !== undefined && argument !== undefined)
    throw new SettingsError(
      `expected one query, got two: from ${argument === STANDARD_INPUT ? 'standard input' : 'the argument'} and from --file`,
    );
  if (file !== undefined) return textOf(file, await openFile(file, interrupt), interrupt);
  if (argument !== STANDARD_INPUT) return argument;
  if (err.columns > 0 && process.stdin.isTTY) err.write('Type the query, then press Ctrl-D.\n');
  return textOf('standard input', input?.() ?? [], interrupt);
}

/** @throws SettingsError */
async function openFile(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory()) throw new SettingsError(`${path} is a folder: expected a file with the query`);
  return createReadStream(path, { signal });
}

/** @throws SettingsError */
async function textOf(
  source: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  interrupt: AbortSignal,
): Promise<string> {
  const read: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > MAX_BYTES) break;
      read.push(chunk);
    }
  } catch (error) {
    interrupt.throwIfAborted();
    throw unreadable(source, error);
  }
  if (size > MAX_BYTES) throw new SettingsError(`${source} is longer than 1 MiB: expected a query`);
  const text = decoded(source, Buffer.concat(read));
  if (text.trim() === '') throw new SettingsError(`${source} is empty: expected a query`);
  return text;
}

/** The text without a byte order mark. @throws SettingsError */
function decoded(source: string, bytes: Buffer): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const problem = new SettingsError(`${source} is not UTF-8 text${isUtf16 ? ' (it is UTF-16): save it as UTF-8' : ''}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw problem;
    return text;
  } catch (error) {
    if (error instanceof TypeError) throw problem;
    throw error;
  }
}

/** Turns the file system's error into one for the operator. Returns a bug's error unchanged. */
function unreadable(source: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error;
  const why = error.code === 'ENOENT' ? 'there is no such file' : String(error.code);
  return new SettingsError(`could not read ${source}: ${why}`, { cause: error });
}

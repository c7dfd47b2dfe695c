/** What commands write to the process's streams. No character steers the terminal, lines fit it, and a closed stream crashes nothing. */
import { Writable } from 'node:stream';
import { OperatorError } from '../snapshot/errors.ts';
import { fold } from './fold.ts';
import { cut, inOrder, legible, printable, widthOf } from './text.ts';

/** A stream to write to, which may be a terminal. */
export type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Standard output can't be written, although its reader still exists. The operator frees disk space and runs again. */
export class OutputError extends OperatorError {
  override readonly name: string = 'OutputError';
  readonly code = 7;
}

/** The reader has read enough (`| head`), or the terminal was closed: no one is left to notify. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

export interface OutputOptions {
  /** What is written. `json` is escaped, so that it keeps its value. Only `text` is folded. */
  readonly format?: string;
  /** Ignores failed writes: for progress and warnings, which a run can do without. */
  readonly lossy?: boolean;
  /** `TERM`. A `dumb` terminal can't redraw a line. */
  readonly terminalType?: string | undefined;
}

/** Writes whole lines to a stream. On a terminal, it can also redraw one line over and over. */
export class Output extends Writable {
  readonly #stream: Stream;
  readonly #json: boolean;
  readonly #folds: boolean;
  readonly #lossy: boolean;
  readonly #dumb: boolean;
  #drawn = 0;
  #hasWritten = false;

  constructor(stream: Stream, { format = 'text', lossy = false, terminalType }: OutputOptions = {}) {
    super({ decodeStrings: false, emitClose: false });
    this.#stream = stream;
    this.#json = format === 'json';
    this.#folds = format === 'text';
    this.#lossy = lossy;
    this.#dumb = terminalType === 'dumb';
    stream.on('error', ignore); // each write reports its own failure
    this.on('error', ignore); // read from `errored`
  }

  /** Why standard output is incomplete. Undefined if it is complete, or its reader is gone. */
  get failure(): OutputError | undefined {
    const code = this.errored && 'code' in this.errored ? String(this.errored.code) : undefined;
    if (!this.errored || (code !== undefined && GONE.has(code))) return undefined;
    return new OutputError(
      `could not write to standard output (${code ?? 'unknown'}): the output is incomplete. Nothing else is affected`,
    );
  }

  /** Whether anything was written, so that a result has begun. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  /** The width of the terminal. 0 if it is unknown, or if this isn't a terminal. */
  get columns(): number {
    return this.#stream.isTTY ? (this.#stream.columns ?? 0) : 0;
  }

  /** Whether `redraw` can draw. */
  get redraws(): boolean {
    return this.columns > 0 && !this.#dumb;
  }

  /** Replaces the line that was drawn before. It uses no escape sequences: spaces cover the rest of the old line. */
  redraw(line: string): void {
    const room = this.columns - 1; // a full line would move the cursor to the next
    const text = cut(legible(line), room);
    const width = widthOf(text);
    this.#stream.write(`\r${text}${' '.repeat(Math.max(0, Math.min(this.#drawn, room) - width))}`);
    this.#drawn = width;
  }

  /** Removes the line that was drawn. */
  clear(): void {
    if (this.#drawn === 0) return;
    this.redraw('');
    this.#stream.write('\r');
  }

  /** Resolves once everything has been written, or has failed. */
  finished(): Promise<void> {
    this.clear();
    return new Promise((resolve) => {
      this.end(() => resolve());
    });
  }

  override _write(text: string, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#hasWritten = true;
    this.clear();
    this.#stream.write(this.#shown(text), (error) => done(this.#lossy ? null : error));
  }

  #shown(text: string): string {
    if (this.#json) return printable(text);
    const clean = legible(text);
    return this.#folds && this.columns > 0 ? fold(inOrder(clean), this.columns) : clean;
  }
}

const ignore = (): void => undefined;

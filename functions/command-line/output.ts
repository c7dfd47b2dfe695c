/** The process's streams as commands write to them: no character steers a terminal, no line is wider than it, and a lost stream crashes nothing. */
import { Writable } from 'node:stream';
import { OperatorError } from '../snapshot/errors.ts';
import { fold } from './fold.ts';
import { legible, printable } from './text.ts';

/** A stream to write to, which may be a terminal. */
export type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Standard output can't be written, though its reader is still there. The operator frees the disk and runs again. */
export class OutputError extends OperatorError {
  override readonly name: string = 'OutputError';
  readonly code = 7;
}

/** The reader has read enough (`| head`), or the terminal was closed: no one is left to notify. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

export interface OutputOptions {
  /** What is written: `json` is escaped, so that it keeps its value; only `text` is folded. */
  readonly format?: string;
  /** Goes on after a failed write as if it had succeeded: for progress and warnings, without which a run is as good. */
  readonly lossy?: boolean;
  /** `dumb` is a terminal that can't redraw a line. */
  readonly terminalType?: string | undefined;
}

/** Writes texts of whole lines to a stream, and may draw one line over and over, if the stream is a terminal. */
export class Output extends Writable {
  readonly #stream: Stream;
  readonly #json: boolean;
  readonly #folds: boolean;
  readonly #lossy: boolean;
  readonly #dumb: boolean;
  #drawn = 0;

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

  /** Why standard output is incomplete; undefined if it is complete, or its reader is gone. */
  get failure(): OutputError | undefined {
    const code = this.errored && 'code' in this.errored ? String(this.errored.code) : undefined;
    if (!this.errored || (code !== undefined && GONE.has(code))) return undefined;
    return new OutputError(
      `could not write to standard output (${code ?? 'unknown'}): the output is incomplete, and nothing else`,
    );
  }

  /** Whether `redraw` can draw: not in a terminal of unknown width or none. */
  get redraws(): boolean {
    return this.#columns > 0 && !this.#dumb;
  }

  /** Replaces the line that was drawn before. Without escape sequences: spaces cover what is left of it. */
  redraw(line: string): void {
    const text = legible(line).slice(0, this.#columns - 1); // a full line would move the cursor to the next
    this.#stream.write(`\r${text.padEnd(Math.min(this.#drawn, this.#columns - 1))}`);
    this.#drawn = text.length;
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
    this.clear();
    this.#stream.write(this.#shown(text), (error) => done(this.#lossy ? null : error));
  }

  #shown(text: string): string {
    if (this.#json) return printable(text);
    const clean = legible(text);
    return this.#folds && this.#columns > 0 ? fold(clean, this.#columns) : clean;
  }

  get #columns(): number {
    return this.#stream.isTTY ? (this.#stream.columns ?? 0) : 0;
  }
}

const ignore = (): void => undefined;

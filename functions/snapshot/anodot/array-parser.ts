import { SourceContractError, TruncatedAnswerError } from '../errors.ts';
import { lastCommaAfterBrace, readInside } from './json-scan.ts';

/** Elements of the array in their order, as JSON.parse makes them. */
export interface Batch {
  readonly elements: readonly unknown[];
  /** The element again, with each number that JavaScript would change (`1.10`, 2^53 + 1, 1e400) as a raw JSON text. */
  exact(index: number): unknown;
}

export interface ArrayParserLimits {
  /** Characters gathered before a cut is tried. */
  readonly runLength: number;
  /** Characters that one element, with what stands around it, may have. */
  readonly maxElementLength: number;
}

const LIMITS: ArrayParserLimits = { runLength: 65_536, maxElementLength: 1_048_576 };

/**
 * A JSON array as batches of elements, from bytes cut anywhere. It accepts exactly what JSON.parse accepts, a byte order mark
 * apart, which may stand in front, and never holds more than a run and an element.
 *
 * It gathers a run, cuts it behind the last `}` that a comma follows, and gives `[` + run + `]` to JSON.parse. That can
 * succeed only where the cut is a border between elements, since otherwise a string or a bracket stays open. Where it fails,
 * the run is scanned for its last border; without one, twice as much is gathered.
 */
export class ArrayParser {
  // Node's decoder drops two byte order marks where the first one is cut, so it keeps them: one is dropped here.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #limits: ArrayParserLimits;
  #pending: string[] = [];
  #pendingLength = 0;
  #wanted = 0;
  #atStart = true;
  #opened = false;
  /** Whether a comma was the last thing taken: an element must follow. */
  #afterComma = false;

  constructor(limits: Partial<ArrayParserLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#wanted = this.#nextRun();
  }

  /** @throws SourceContractError where the bytes can't be the beginning of a JSON array */
  push(bytes: Uint8Array): Batch {
    this.#append(this.#decode(bytes));
    if (this.#pendingLength < this.#wanted) return NONE;
    const text = this.#takePending();
    const batch = this.#cut(text);
    this.#wanted = this.#nextRun();
    const { maxElementLength } = this.#limits;
    if (this.#pendingLength > maxElementLength || holdsLonger(text, maxElementLength)) {
      throw new SourceContractError(`one user takes more than ${maxElementLength} characters`);
    }
    return batch;
  }

  /** @throws TruncatedAnswerError where the array isn't closed, SourceContractError where the text isn't JSON */
  end(): Batch {
    this.#append(this.#decode());
    const rest = this.#takePending();
    if (!this.#opened) throw new TruncatedAnswerError('the answer is empty; expected a JSON array of users');
    // The rest holds the closing bracket and what stands behind it, so JSON.parse itself judges both.
    const elements = parse(`[${rest}`);
    if (elements === undefined) {
      if (readInside(rest).closed) throw new SourceContractError('the answer is not valid JSON');
      throw new TruncatedAnswerError('the answer ends before its JSON array does');
    }
    if (this.#afterComma && elements.length === 0) throw new SourceContractError('the answer is not valid JSON');
    return batchOf(elements, rest);
  }

  /** Characters to gather before the next cut: no more than show that one element is too long. */
  #nextRun(): number {
    const { runLength, maxElementLength } = this.#limits;
    return Math.min(Math.max(runLength, this.#pendingLength * 2), maxElementLength + 1);
  }

  #decode(bytes?: Uint8Array): string {
    try {
      return bytes === undefined ? this.#decoder.decode() : this.#decoder.decode(bytes, { stream: true });
    } catch (error) {
      // The end of the bytes in the middle of a character is a truncated answer; a bad byte is not.
      if (bytes === undefined)
        throw new TruncatedAnswerError('the answer ends in the middle of a character', { cause: error });
      throw new SourceContractError('the answer is not valid UTF-8', { cause: error });
    }
  }

  #append(text: string): void {
    let rest = text;
    if (!this.#opened) {
      rest = (this.#atStart ? text.replace(/^\ufeff/, '') : text).replace(/^[ \t\r\n]+/, '');
      this.#atStart &&= text === '';
      if (rest === '') return;
      if (!rest.startsWith('[')) throw new SourceContractError(`expected a JSON array of users, got ${kindOf(rest)}`);
      rest = rest.slice(1);
      this.#opened = true;
    }
    if (rest === '') return;
    this.#pending.push(rest);
    this.#pendingLength += rest.length;
  }

  #takePending(): string {
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingLength = 0;
    return text;
  }

  #cut(text: string): Batch {
    const guess = lastCommaAfterBrace(text);
    let elements = guess === undefined ? undefined : parse(`[${text.slice(0, guess)}]`);
    let border = guess;
    if (elements === undefined) {
      border = readInside(text).commas.at(-1);
      elements = border === undefined ? undefined : parse(`[${text.slice(0, border)}]`);
      if (border !== undefined && (elements === undefined || elements.length === 0)) {
        throw new SourceContractError('the answer is not valid JSON');
      }
    }
    if (border === undefined || elements === undefined) {
      this.#append(text);
      return NONE;
    }
    this.#afterComma = true;
    this.#append(text.slice(border + 1));
    return batchOf(elements, text.slice(0, border));
  }
}

const NONE: Batch = { elements: [], exact: () => undefined };

/** @param inside what stands between the brackets, the closing one and what follows it included or not */
function batchOf(elements: readonly unknown[], inside: string): Batch {
  let borders: readonly number[] | undefined;
  return {
    elements,
    exact: (index) => {
      borders ??= bordersOf(inside);
      // Only this element: one of the others may be nested too deeply for a reviver.
      return JSON.parse(inside.slice((borders[index] ?? -1) + 1, borders[index + 1]), keepDigits);
    },
  };
}

/** Where the elements are parted, the beginning and the end included. */
function bordersOf(inside: string): readonly number[] {
  const { commas, end } = readInside(inside);
  return [-1, ...commas, end];
}

/** Whether an element, with the white space around it, has more characters than `length`. */
function holdsLonger(inside: string, length: number): boolean {
  if (inside.length <= length) return false;
  const borders = bordersOf(inside);
  return borders.some((border, i) => border - (borders[i - 1] ?? border) - 1 > length);
}

const keepDigits = (_key: string, value: unknown, context: { source?: string }): unknown =>
  typeof value === 'number' && context.source !== undefined && String(value) !== context.source
    ? JSON.rawJSON(context.source)
    : value;

/** The array that the text is, or undefined where it isn't JSON. */
function parse(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // its message quotes the text: it goes no further
    throw error;
  }
}

function kindOf(text: string): string {
  if (text.startsWith('<')) return 'what looks like HTML';
  if (text.startsWith('{')) return 'a JSON object';
  return 'something else';
}

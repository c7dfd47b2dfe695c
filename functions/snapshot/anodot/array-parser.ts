import { SourceContractError, TruncatedResponseError } from '../errors.ts';
import { type Batch, batchOf, holdsLonger, NO_ELEMENTS } from './batch.ts';
import { lastCommaAfterBrace, readInside } from './json-scan.ts';
import { PIECE_BYTES } from './pieces.ts';
import { Utf8Decoder } from './utf8-decoder.ts';

export interface ArrayParserLimits {
  /** Characters to collect before the text is cut. */
  readonly runLength: number;
  /** The most characters of one element, white space around it included. */
  readonly maxElementLength: number;
}

const LIMITS: ArrayParserLimits = { runLength: PIECE_BYTES, maxElementLength: 1_048_576 };

/**
 * Parses a JSON array into batches of elements, from bytes split anywhere. It accepts exactly what JSON.parse accepts, after an
 * optional byte order mark. It never holds more than one piece of text and one element.
 *
 * It collects a piece, cuts it at the last comma that follows a `}`, and passes `[` + piece + `]` to JSON.parse. That can succeed only
 * if the comma separates two elements, since otherwise a string or a bracket stays open. If it fails, the piece is scanned for its
 * last separator. If there is none, it collects twice as much.
 */
export class ArrayParser {
  readonly #decoder = new Utf8Decoder();
  readonly #limits: ArrayParserLimits;
  readonly #item: string;
  #pending: string[] = [];
  #pendingLength = 0;
  #wanted = 0;
  #atStart = true;
  #opened = false;
  /** Whether the last character taken was a comma, so that an element must follow. */
  #afterComma = false;

  /** @param item the name of one element in messages */
  constructor(limits: Partial<ArrayParserLimits> = {}, item = 'user') {
    this.#item = item;
    this.#limits = { ...LIMITS, ...limits };
    this.#wanted = this.#nextRun();
  }

  /** @throws SourceContractError if the bytes can't be the beginning of a JSON array */
  push(bytes: Uint8Array): Batch {
    this.#append(this.#decoder.decode(bytes));
    if (this.#pendingLength < this.#wanted) return NO_ELEMENTS;
    const text = this.#takePending();
    const batch = this.#cut(text);
    this.#wanted = this.#nextRun();
    const { maxElementLength } = this.#limits;
    if (this.#pendingLength > maxElementLength || holdsLonger(text, maxElementLength)) {
      throw new SourceContractError(`one ${this.#item} is longer than ${maxElementLength} characters`);
    }
    return batch;
  }

  /** @throws TruncatedResponseError if the array isn't closed, SourceContractError if the text isn't JSON */
  end(): Batch {
    this.#decoder.end();
    const rest = this.#takePending();
    if (!this.#opened)
      throw new TruncatedResponseError(`the response is empty; expected a JSON array of ${this.#item}s`);
    // The rest includes the closing bracket and anything after it, so that JSON.parse checks both.
    const elements = parse(`[${rest}`);
    if (elements === undefined) {
      if (readInside(rest).closed) throw invalidJson();
      throw new TruncatedResponseError('the response ends before its JSON array does');
    }
    if (this.#afterComma && elements.length === 0) throw invalidJson();
    return batchOf(elements, rest);
  }

  /** Characters to collect before the next cut. Enough to notice an element that is too long, and no more. */
  #nextRun(): number {
    const { runLength, maxElementLength } = this.#limits;
    return Math.min(Math.max(runLength, this.#pendingLength * 2), maxElementLength + 1);
  }

  #append(text: string): void {
    const rest = this.#opened ? text : this.#afterBracket(text);
    if (rest === '') return;
    this.#pending.push(rest);
    this.#pendingLength += rest.length;
  }

  /** The text after the opening bracket. Empty until the bracket has arrived. */
  #afterBracket(text: string): string {
    const rest = (this.#atStart ? text.replace(/^\ufeff/, '') : text).replace(/^[ \t\r\n]+/, '');
    this.#atStart &&= text === '';
    if (rest === '') return '';
    if (!rest.startsWith('['))
      throw new SourceContractError(`expected a JSON array of ${this.#item}s, got ${kindOf(rest)}`);
    this.#opened = true;
    return rest.slice(1);
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
      if (border !== undefined && (elements === undefined || elements.length === 0)) throw invalidJson();
    }
    if (border === undefined || elements === undefined) {
      this.#append(text);
      return NO_ELEMENTS;
    }
    this.#afterComma = true;
    this.#append(text.slice(border + 1));
    return batchOf(elements, text.slice(0, border));
  }
}

const invalidJson = () => new SourceContractError('the response is not valid JSON');

/** Undefined if the text isn't a JSON array. */
function parse(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // its message quotes the text, which must not get into errors
    throw error;
  }
}

function kindOf(text: string): string {
  if (text.startsWith('<')) return 'what looks like HTML';
  if (text.startsWith('{')) return 'a JSON object';
  return 'something else';
}

import type { Buffer } from 'node:buffer';

/** A call of a run on its store, or on its source, as the checker sees it. */
export type Call =
  | { readonly kind: 'list'; readonly folder: string }
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'isInPlace'; readonly key: string; readonly execution: string; readonly sha256: string }
  | { readonly kind: 'create' | 'replace'; readonly key: string; readonly bytes: Buffer }
  /** A write of the run document: nobody's decision hangs on it. */
  | { readonly kind: 'report'; readonly key: string; readonly bytes: Buffer }
  | { readonly kind: 'put' | 'drop'; readonly upload: string }
  | { readonly kind: 'initiate'; readonly key: string; readonly execution: string }
  /** Asks Anodot: the answer carries a number that grows with the time. */
  | { readonly kind: 'ask' };

export interface Answers {
  readonly list: string[];
  readonly read: Buffer | undefined;
  readonly isInPlace: boolean;
  readonly create: 'created' | 'exists';
  readonly replace: undefined;
  readonly report: undefined;
  readonly put: 'placed' | 'gone';
  readonly drop: undefined;
  readonly initiate: undefined;
  readonly ask: number;
}

/** What a run sees of a call: its value, or a StoreError. */
export type Result = { readonly value: Answers[Call['kind']] } | { readonly fails: true };

/** The calls that change what others may see. A read has no effect that could be late. */
export const isEffect = ({ kind }: Call): boolean => ['create', 'replace', 'put', 'drop'].includes(kind);

/** Values by their text, numbered: equal ones are one number, so that states are compared as numbers. */
export class Interned<T> {
  readonly all: T[] = [];
  readonly labels: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(label: string, value: () => T): number {
    const known = this.#numbers.get(label);
    if (known !== undefined) return known;
    this.#numbers.set(label, this.all.length);
    this.labels.push(label);
    return this.all.push(value()) - 1;
  }

  /** @throws RangeError where there is none */
  at(number: number): T {
    const value = this.all[number];
    if (value === undefined) throw new RangeError(`no value has the number ${number}`);
    return value;
  }
}

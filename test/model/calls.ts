import type { Buffer } from 'node:buffer';
import { sha256Of } from './uploads.ts';

/** A run's call to its store or its source, as the search sees it. */
export type Call =
  | { readonly kind: 'list'; readonly folder: string }
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'isInPlace'; readonly key: string; readonly execution: string; readonly sha256: string }
  | { readonly kind: 'create' | 'replace'; readonly key: string; readonly bytes: Buffer }
  /** Writes a run document. Runs read from it only whether its commit was reported. */
  | { readonly kind: 'report'; readonly key: string; readonly bytes: Buffer }
  | { readonly kind: 'promote' | 'discard'; readonly upload: string }
  | { readonly kind: 'initiate'; readonly key: string; readonly execution: string }
  /** Requests the users from Anodot. Each response has the next number. */
  | { readonly kind: 'request' }
  /** Asks the signing key for a signature of these bytes. */
  | { readonly kind: 'sign'; readonly bytes: Buffer };

/** What each kind of call returns. */
export interface Values {
  readonly list: string[];
  readonly read: Buffer | undefined;
  readonly isInPlace: boolean;
  readonly create: 'created' | 'exists';
  readonly replace: undefined;
  readonly report: undefined;
  readonly promote: 'placed' | 'gone';
  readonly discard: undefined;
  readonly initiate: undefined;
  readonly request: number;
  readonly sign: undefined;
}

/** What a call returns to its run: a value, an error, or nothing until the time for signing is up. */
export type Result = { readonly value: Values[Call['kind']] } | { readonly fails: true } | { readonly timesOut: true };

/** Whether a call can change what other runs see. A read has no effect that could be late. */
export const isEffect = ({ kind }: Call): boolean => ['create', 'replace', 'promote', 'discard'].includes(kind);

/** Numbers values by their text. Equal values share a number, so states are compared as numbers. */
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

  /** @throws RangeError if no value has this number */
  at(number: number): T {
    const value = this.all[number];
    if (value === undefined) throw new RangeError(`no value has the number ${number}`);
    return value;
  }
}

/** The call's kind and what it depends on, as text. Calls with the same text have the same effect. */
export function labelOf(call: Call): string {
  switch (call.kind) {
    case 'list':
      return `list ${call.folder}`;
    case 'read':
      return `read ${call.key}`;
    case 'isInPlace':
      return `isInPlace ${call.key} of ${call.execution} ${call.sha256.slice(0, 8)}`;
    case 'create':
    case 'replace':
    case 'report':
      return `${call.kind} ${call.key} ${sha256Of(call.bytes).slice(0, 8)}`;
    case 'promote':
    case 'discard':
      return `${call.kind} ${call.upload}`;
    case 'initiate':
      return `initiate ${call.key} of ${call.execution}`;
    case 'request':
      return 'request';
    case 'sign':
      return `sign ${sha256Of(call.bytes).slice(0, 8)}`;
  }
}

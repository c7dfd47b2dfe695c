/** Compares the figures of a manifest with those that the raw response results in. */
import { isDeepStrictEqual } from 'node:util';
import type { ManifestFacts } from '../../commits/manifest.ts';
import { KEYS } from '../../contract.ts';
import { damaged, type Finding } from '../findings.ts';
import type { Computed } from './compute.ts';
import type { RecordedDay } from './recorded-day.ts';

const OF_USERS = [
  'owner_organization',
  'user_count',
  'admin_count',
  'states',
  'roles',
  'present',
  'drift',
  'csv_cells_altered',
] as const satisfies readonly (keyof ManifestFacts)[];
const OF_CHANGES = ['previous_dt', 'changes'] as const satisfies readonly (keyof ManifestFacts)[];

/** @param withChanges whether the snapshot to compare with could be read */
export function figureFindings(day: RecordedDay, computed: Computed, withChanges: boolean): Finding[] {
  const key = KEYS.manifest(day.dt);
  const facts: { readonly [field: string]: unknown } = computed.staged.facts;
  const fields: readonly string[] = withChanges ? [...OF_USERS, ...OF_CHANGES] : OF_USERS;
  const differences = fields.flatMap((field) => differencesIn(field, day.stored[field], asStored(facts[field])));
  return [...differences, ...rowDifferences(day, computed, withChanges)].map((message) => damaged(key, message));
}

const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Names each number that differs, and each list or text without its content. */
function differencesIn(field: string, stored: unknown, computed: unknown): string[] {
  if (isDeepStrictEqual(stored, computed)) return [];
  if (isCounts(stored) && isCounts(computed)) {
    const names = new Set([...Object.keys(stored), ...Object.keys(computed)]);
    return [...names].flatMap((name) => differencesIn(`${field}.${name}`, own(stored, name), own(computed, name)));
  }
  if (typeof stored === 'number' && typeof computed === 'number')
    return [`${field} is ${stored}, but the raw response gives ${computed}`];
  return [`${field} doesn't match the raw response`];
}

const isCounts = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: object, name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value;

/** Compares `rows` of each object that has it. */
function rowDifferences({ objects }: RecordedDay, { staged: { facts } }: Computed, withChanges: boolean): string[] {
  const changes = Object.values(facts.changes ?? {}).reduce((sum, count) => sum + count, 0);
  const counts: { readonly [kind: string]: number } = {
    json: facts.user_count,
    csv: facts.user_count,
    raw: facts.user_count + facts.drift.duplicates,
    ...(withChanges && { changes }),
  };
  return objects.flatMap(({ kind, rows }) => {
    const count = counts[kind];
    return rows === undefined || count === undefined ? [] : differencesIn(`rows of ${kind}`, rows, count);
  });
}

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
/** Figures of all columns together, and of the fields that have none. */
const OF_COLUMNS: readonly string[] = ['csv_cells_altered', 'drift.unknown_fields'];

export interface FigureOptions {
  /** Whether the snapshot to compare with could be read. */
  readonly withChanges: boolean;
  /** Whether the day's rows have other columns. Figures that depend on which columns there are then say nothing. */
  readonly hasOtherColumns: boolean;
}

export function figureFindings(
  day: RecordedDay,
  computed: Computed,
  { withChanges, hasOtherColumns }: FigureOptions,
): Finding[] {
  const facts: { readonly [field: string]: unknown } = computed.staged.facts;
  const fields: readonly string[] = withChanges ? [...OF_USERS, ...OF_CHANGES] : OF_USERS;
  return fields
    .flatMap((field) => differencesIn(field, day.stored[field], asStored(facts[field])))
    .filter(({ field }) => !(hasOtherColumns && OF_COLUMNS.includes(field)))
    .map(({ field, message }) => damaged(KEYS.manifest(day.dt), `${field} ${message}`));
}

const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

interface Difference {
  /** `drift.duplicates` for a field inside another. */
  readonly field: string;
  readonly message: string;
}

/** Names each number that differs, and each list or text without its content. */
function differencesIn(field: string, stored: unknown, computed: unknown): Difference[] {
  if (isDeepStrictEqual(stored, computed)) return [];
  if (isCounts(stored) && isCounts(computed)) {
    const names = new Set([...Object.keys(stored), ...Object.keys(computed)]);
    return [...names].flatMap((name) => differencesIn(`${field}.${name}`, own(stored, name), own(computed, name)));
  }
  if (typeof stored === 'number' && typeof computed === 'number')
    return [{ field, message: `is ${stored}, but the raw response gives ${computed}` }];
  return [{ field, message: "doesn't match the raw response" }];
}

const isCounts = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: object, name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value;

/** Compares the figures of a manifest with those that the raw response results in. */
import { isDeepStrictEqual } from 'node:util';
import type { ManifestFacts } from '../../commits/manifest.ts';
import { KEYS, KNOWN_ROLES } from '../../contract.ts';
import { damaged, type Finding } from '../findings.ts';
import { isObject } from './canonical.ts';
import type { Computed } from './compute.ts';
import type { RecordedDay } from './recorded-day.ts';
import { SHOWN } from './shown.ts';

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
  const messages = fields
    .flatMap((field) => differencesIn(field, day.stored[field], asStored(facts[field])))
    .filter(({ figure }) => !(hasOtherColumns && OF_COLUMNS.includes(figure)))
    .map(({ figure, message }) => `${figure} ${message}`);
  const others = messages.length - SHOWN;
  const shown = others > 0 ? [...messages.slice(0, SHOWN), `has ${others} more figures that don't match`] : messages;
  return shown.map((message) => damaged(KEYS.manifest(day.dt), message));
}

const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

interface Difference {
  /** `drift.duplicates` for a field inside another. */
  readonly figure: string;
  readonly message: string;
}

/** Names each number that differs, and each list or text without its content. */
function differencesIn(figure: string, stored: unknown, computed: unknown): Difference[] {
  if (isDeepStrictEqual(stored, computed)) return [];
  if (isObject(stored) && isObject(computed)) {
    const names = new Set([...Object.keys(stored), ...Object.keys(computed)]);
    return [...names].flatMap((name) =>
      differencesIn(nameOf(figure, name, computed), own(stored, name), own(computed, name)),
    );
  }
  // A count that is missing is 0: only roles that users have are counted.
  const [is, gives] = [stored ?? 0, computed ?? 0];
  if (typeof is === 'number' && typeof gives === 'number' && is !== gives)
    return [{ figure, message: `is ${is}, but the raw response gives ${gives}` }];
  return [{ figure, message: "doesn't match the raw response" }];
}

/** Only documented roles and fields of this product are named. Any other name may be anything. */
function nameOf(figure: string, name: string, computed: object): string {
  if (figure === 'roles') return KNOWN_ROLES.includes(name) ? `roles.${name}` : 'the count of another role';
  return own(computed, name) === undefined ? `another field of ${figure}` : `${figure}.${name}`;
}

const own = (value: object, name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value;

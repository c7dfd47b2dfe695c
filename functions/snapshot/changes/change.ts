/** The change feed: its lines, their order, and how many there are of each kind. */
import * as z from 'zod';
import { CHANGES, type ChangeKind } from '../contract.ts';

const dt = z.iso.date();

/** A line of the change feed: one thing that changed about one user between two snapshots. */
export const CHANGE = z.object({
  dt,
  previous_dt: dt,
  previous_observed_at: z.string(),
  observed_at: z.string(),
  id: z.string(),
  /** The newer address, if it changed. */
  email: z.string().nullable(),
  change: z.enum(CHANGES),
  /** JSON text, null if there was nothing. */
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type Change = Readonly<z.infer<typeof CHANGE>>;

/** The two snapshots of a comparison. */
export type Span = Pick<Change, 'dt' | 'previous_dt' | 'previous_observed_at' | 'observed_at'>;

export type ChangeCounts = { [change in ChangeKind]: number };

export function countChanges(changes: readonly { readonly change: ChangeKind }[]): ChangeCounts {
  const counts = countsFrom(() => 0);
  for (const { change } of changes) counts[change]++;
  return counts;
}

const COUNTS = z.record(z.enum(CHANGES), z.number());

const countsFrom = (count: (change: ChangeKind) => number): ChangeCounts =>
  COUNTS.parse(Object.fromEntries(CHANGES.map((change) => [change, count(change)])));

/** The order of the feed: by id, change, before and after. Null comes first. */
export function inFeedOrder(a: Change, b: Change): number {
  return compare(a.id, b.id) || compare(a.change, b.change) || compare(a.before, b.before) || compare(a.after, b.after);
}

function compare(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

/** Checks that the rows of review.json are the users that its commit published, as far as the store still shows them. */
import { readUserLines } from '../changes/read-users.ts';
import type { Manifest } from '../commits/manifest.ts';
import { manifestDays, readManifests } from '../commits/manifests.ts';
import { commitHashOf } from '../commits/published-by.ts';
import { SettingsError } from '../errors.ts';
import { daysOfHistory } from '../history/steps.ts';
import type { Store } from '../store/store.ts';
import type { RowsChecked } from './outcome-document.ts';
import type { Review } from './review-document.ts';
import { factsOf, hashedUser } from './row.ts';
import { refuseOtherStore } from './same-store.ts';

/**
 * @returns how much could be checked
 * @throws SettingsError if the review is of another store, or its rows aren't the users of its commit
 * @throws StoreError if what is stored is damaged
 */
export async function refuseOtherRows(store: Store, review: Review): Promise<RowsChecked> {
  const { dt, commit } = review.snapshot;
  await refuseOtherStore(store, review);
  const [manifest] = (await manifestDays(store)).includes(dt) ? await readManifests(store, [dt]) : [];
  if (manifest?.commit !== commit) return 'none'; // a later commit has published the day again
  await commitHashOf(store, manifest);
  const { length } = review.rows;
  if (length !== manifest.user_count)
    throw otherRows(review, `the commit published ${manifest.user_count} users, but the number of rows is ${length}`);
  const [stored] = await daysOfHistory(store, [manifest]);
  if (!stored) return 'count';
  await compareRows(store, review, manifest);
  return 'every_row';
}

async function compareRows(store: Store, review: Review, manifest: Manifest): Promise<void> {
  const rows = new Map(review.rows.map((row) => [row.id, row]));
  for await (const lines of await readUserLines(store, manifest))
    for (const line of lines) {
      const hashed = hashedUser(line);
      const row = rows.get(hashed.user.id);
      if (!row) throw otherRows(review, 'a user of the commit has no row');
      const facts = new Map<string, unknown>(Object.entries(factsOf(hashed, manifest, review.dormant_days)));
      const other = Object.entries(row).find(([name, value]) => facts.has(name) && facts.get(name) !== value);
      if (other) throw otherRows(review, `row ${row.row} has another ${other[0]} than the commit`);
    }
}

const otherRows = ({ snapshot: { dt, commit } }: Review, what: string): SettingsError =>
  new SettingsError(
    `review.json was changed after the review was opened from commit ${commit} of ${dt}: ${what}. ` +
      'Restore it from a copy, or open the review again',
  );

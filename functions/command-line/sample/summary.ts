/** The screen that a run of the sample ends with: what changed, which days are missing, and what to try next, in 80 columns. */
import stringWidth from 'string-width';
import type { Change } from '../../snapshot/changes/change.ts';
import { readChanges } from '../../snapshot/changes/read-changes.ts';
import { readManifests } from '../../snapshot/commits/manifests.ts';
import { ENVIRONMENT } from '../../snapshot/contract.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { addDays } from '../../snapshot/utc-day.ts';
import { readRunDocuments } from '../../snapshot/verify/run-documents.ts';
import type { Verification } from '../../snapshot/verify/verify.ts';
import { typed } from '../called-as.ts';
import { headline, type PublishedSnapshot, rankOf, signature, storeWords, textOf } from '../snapshot-summary.ts';
import { Table } from '../table.ts';
import { plural } from '../text.ts';

const COLUMNS = 80;
/** How many days back changes are shown, as by `changes --since 7d`. */
const DAYS = 7;
const MOST_CHANGES = 5;
/** Only the newest days without a snapshot are listed. After months without a run there are many. */
const MOST_ABSENT = 3;
const QUERY = '"select email, state, last_active from current_admins"';

export interface SampleResult {
  readonly taken: PublishedSnapshot;
  readonly verification: Verification;
  /** Whether today's snapshot was read back and is sound. */
  readonly isVerified: boolean;
}

export async function sampleSummary(
  program: string,
  place: string,
  { taken: { document, manifest, signedBy }, verification, isVerified }: SampleResult,
  store: Store,
): Promise<string> {
  const command = (...words: readonly string[]) => typed(program, ...words, ...storeWords(place));
  const today = document.dt ?? '';
  const since = addDays(today, -DAYS);
  return textOf([
    ...headline(place, document, manifest),
    `  commit ${document.commit}: ${document.commit_sha256}`,
    ...signature(signedBy),
    verified(verification, isVerified, command('verify')),
    ...section(`Changed since ${since}:`, changeLines(await changesSince(store, since))),
    ...section('Days without a snapshot:', await absentLines(store, verification, today)),
    ...section('Next:', [
      `  ${command('report')}`,
      `  ${command('changes', '--since', `${DAYS}d`)}`,
      `  ${command('query')} \\`,
      `    ${QUERY}`,
      `For your own account, set ${ENVIRONMENT.token} and run ${typed(program, 'check')}.`,
    ]),
  ]);
}

/** Today's snapshot may be sound while an older one is damaged. */
function verified({ days }: Verification, isVerified: boolean, verify: string): string {
  const sound = days.filter(({ status }) => status === 'sound').length;
  if (!isVerified) return `NOT verified: run ${verify}`;
  return sound === days.length
    ? `Verified: all ${plural(sound, 'snapshot')} were read back and match their commits.`
    : `Verified: ${sound} of ${plural(days.length, 'snapshot')}. For the others run ${verify}`;
}

/** Empty if there are no lines. */
const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** By importance: administrators, then those who joined and left. The newest first among equals. */
async function changesSince(store: Store, since: string): Promise<Change[]> {
  const changes: Change[] = [];
  for (const manifest of (await readManifests(store)).filter(({ dt }) => dt >= since))
    for await (const change of (await readChanges(store, manifest)) ?? []) changes.push(change);
  return changes.sort((a, b) => rankOf(a.change) - rankOf(b.change) || b.dt.localeCompare(a.dt));
}

function changeLines(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['  nothing'];
  const table = new Table();
  const shown = changes.slice(0, MOST_CHANGES).sort((a, b) => a.dt.localeCompare(b.dt));
  const rows = shown.map(({ dt, change, email, id }) => [`  ${dt}`, change, email ?? id]);
  for (const row of rows) table.measure(row);
  return [...rows.map((row) => table.row(row).trimEnd()), ...more(changes.length - rows.length, 'more')];
}

/** The dates up to yesterday that have no snapshot, each with the reason. */
async function absentLines(store: Store, { missing_days }: Verification, today: string): Promise<string[]> {
  if (missing_days.length === 0) return [];
  const { documents } = await readRunDocuments(store, today);
  const shown = missing_days.slice(-MOST_ABSENT);
  const reasonOf = (day: string): string => {
    const runs = documents.filter(({ dt }) => dt === day);
    const refusal = runs.find(({ status }) => status === 'refused');
    if (refusal) return `refused: ${refusal.message}`;
    return runs.length === 0 ? 'missing: no run started' : 'missing: its run did not finish';
  };
  return [
    ...more(missing_days.length - shown.length, 'earlier'),
    ...shown.map((day) => shortened(`  ${day}  ${reasonOf(day)}`)),
  ];
}

const more = (count: number, what: string): string[] => (count > 0 ? [`  and ${count} ${what}`] : []);

/** The first sentence of a message, cut at the width of the screen. */
function shortened(line: string): string {
  const [first = ''] = line.split(/(?<=\S)[;.] /);
  if (stringWidth(first) <= COLUMNS) return first;
  let cut = first;
  while (stringWidth(cut) >= COLUMNS) cut = cut.slice(0, -1);
  return `${cut}…`;
}

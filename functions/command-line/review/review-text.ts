/** What `review open` and `review close` print for people. */
import type { OutcomeDocument } from '../../snapshot/review/outcome-document.ts';
import { typed } from '../called-as.ts';
import { shellWord } from '../shell-word.ts';
import { storeWords, textOf } from '../snapshot-summary.ts';
import { plural } from '../text.ts';
import type { OpenedReview } from './open-review.ts';
import { keptText, publishedAgainText, reasonText, verdictOf } from './outcome-words.ts';
import { FILES } from './review-files.ts';

/** How the command was called, for advice that can be typed as shown. */
export interface Asked {
  readonly program: string;
  readonly place: string;
  readonly folder: string;
  /** The file that `--sheet` names. */
  readonly sheet?: string;
}

const closing = ({ program, place, folder, sheet }: Asked): string => {
  const sheetWords = sheet === undefined ? [] : ['--sheet', shellWord(sheet)];
  return typed(program, 'review', 'close', shellWord(folder), ...sheetWords, ...storeWords(place));
};

export const openText = (asked: Asked, opened: OpenedReview): string =>
  textOf([
    `Review of ${opened.dt}: ${plural(opened.users, 'user')}, ${plural(opened.administrators, 'administrator')}, from commit ${opened.commit}`,
    `  in ${asked.folder}: ${opened.files.join(', ')}`,
    `  ${FILES.review}: sha256 ${opened.sha256}`,
    `  commit ${opened.commit}: sha256 ${opened.commit_sha256}`,
    ...(opened.people ? [`  ${peopleText(opened.people, opened.users)}`] : []),
    '',
    'Next:',
    "  Note both hashes in a place that people with access to these files can't change, such as a ticket.",
    `  Fill in ${FILES.workbook} or ${FILES.csv}. After the next snapshot, run this daily until it ends with 0:`,
    `  ${closing(asked)}`,
  ]);

const peopleText = ({ file, column, addresses, matched }: NonNullable<OpenedReview['people']>, users: number): string =>
  `${file}: ${plural(addresses, 'address', 'addresses')}, found by column "${column}"; ${matched} of ${plural(users, 'user')} are on it`;

/** The most open decisions that are printed. All are in the files. */
const MOST = 20;

export function closeText(asked: Asked, outcome: OutcomeDocument, files: readonly string[]): string {
  const { counts, rows, newest, review } = outcome;
  const open = rows.filter(({ result }) => result === 'open');
  const again = publishedAgainText(outcome);
  return textOf([
    `Review of ${review.dt}: ${verdictOf(outcome)}`,
    `  ${newest ? `newest snapshot ${newest.dt}, commit ${newest.commit}` : 'no later snapshot'}`,
    ...(again === undefined ? [] : [`  ${again}`]),
    `  kept: ${keptText(counts)}`,
    `  joined since: ${counts.joined}`,
    ...open
      .slice(0, MOST)
      .map((row) => `  open: ${row.decision} ${row.email ?? row.id}, row ${row.row}: ${reasonText(row)}`),
    ...(open.length > MOST ? [`  and ${open.length - MOST} more`] : []),
    `  in ${files.join(' and ')}`,
    ...(counts.open > 0 ? ['', 'Next, after the next snapshot:', `  ${closing(asked)}`] : []),
  ]);
}

/** What `--format json` prints: the outcome without its rows, which are in outcome.json, and the open ones. */
export const closeSummary = ({ rows, joined, ...outcome }: OutcomeDocument, files: readonly string[]) => ({
  ...outcome,
  open: rows.filter(({ result }) => result === 'open').map(({ changes: _, ...row }) => row),
  files,
});

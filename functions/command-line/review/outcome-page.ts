/** outcome.html: what became of each decision, the open ones first, with the day and commit that prove it. */
import type { Element } from 'hast';
import type { OutcomeDocument, RowOutcome } from '../../snapshot/review/outcome-document.ts';
import { valuesOf } from '../change-text.ts';
import { accountText, type Content } from '../page/content.ts';
import type { Page } from '../page/page.ts';
import type { TableColumn } from '../page/table.ts';
import { changeText, datesText, personText, sourceText, timeText } from '../page/wording.ts';
import { plural } from '../text.ts';
import { doneText, keptText, publishedAgainText, reasonText, verdictOf } from './outcome-words.ts';
import { code, cutTable, facts, list, paragraph, section } from './page-parts.ts';
import { FILES } from './review-files.ts';

type Column = TableColumn<RowOutcome>;

const USER: readonly Column[] = [
  { title: 'Row', cell: ({ row }) => row, kind: 'number' },
  { title: 'User', cell: personText, isRowHeader: true },
];
const DECISION: Column = { title: 'Decision', cell: ({ decision }) => decision };
const DECIDED: readonly Column[] = [
  { title: 'Decided by', cell: ({ reviewer }) => accountText(reviewer) },
  { title: 'Decided on', cell: ({ decided_at }) => decided_at, kind: 'date' },
  { title: 'Remark', cell: ({ remark }) => accountText(remark) },
];
const changesColumn = (names: GroupNames): Column => ({
  title: 'What changed',
  cell: (row) =>
    list([
      ...row.changes.map((change) => changeContent(change, names)),
      ...(row.result === 'changed' && row.reason !== null ? [reasonText(row)] : []),
    ]),
});

type GroupNames = ReadonlyMap<string, string>;

/** Both values are apart, so that the direction of one doesn't change how the other is read. */
function changeContent(change: RowOutcome['changes'][number], names: GroupNames): Content {
  const { before, after } = valuesOf(change, names);
  const [one, other] = [before, after].filter((value) => value !== '').map((value) => accountText(value));
  return [
    `${sourceText(change)}: ${changeText(change.change)}`,
    one ? [' ', one] : null,
    other ? [' → ', other] : null,
  ];
}

/** @param names of groups, by id */
export const outcomePage = (outcome: OutcomeDocument, names: GroupNames): Page => ({
  title: `Outcome of the access review of ${outcome.review.dt}`,
  body: [
    ...verdict(outcome),
    ...decisions(outcome, changesColumn(names)),
    joined(outcome),
    days(outcome),
    section('differences', 'Differences between the sheet and review.json', differences(outcome)),
    section('reviewers', 'Who decided', reviewers(outcome)),
    section('source', 'The evidence for this outcome', source(outcome)),
  ],
});

function verdict(outcome: OutcomeDocument): Element[] {
  const { newest, counts, review } = outcome;
  const [text, again] = [verdictOf(outcome), publishedAgainText(outcome)];
  return [
    paragraph(
      `${text[0]?.toUpperCase()}${text.slice(1)}. `,
      newest
        ? `The newest snapshot is of ${newest.dt}, commit ${newest.commit}.`
        : `There is no snapshot after the review's own, of ${review.dt}, commit ${review.commit}.`,
    ),
    paragraph(`Kept users: ${keptText(counts)}. ${plural(counts.joined, 'user')} joined since the review.`),
    ...(again === undefined ? [] : [paragraph(again)]),
  ];
}

function decisions({ rows, counts }: OutcomeDocument, changes: Column): Element[] {
  const of = (result: RowOutcome['result']) => rows.filter((row) => row.result === result);
  const part = (id: string, title: string, found: readonly RowOutcome[], columns: readonly Column[]): Element =>
    section(
      id,
      title,
      cutTable({ id: `${id}-table`, caption: title, hasHiddenCaption: true, columns, rows: found }, FILES.outcome),
    );
  const reason: Column = { title: 'Why it is open', cell: (row) => accountText(reasonText(row)) };
  const done: Column = { title: 'Carried out', cell: doneText };
  return [
    part('open', 'Open decisions', of('open'), [...USER, DECISION, reason, ...DECIDED, changes]),
    part('done', 'Decisions that are carried out', of('done'), [...USER, DECISION, done, ...DECIDED]),
    part(
      'left',
      'Kept users who left',
      rows.filter(({ decision, is_gone }) => decision === 'keep' && is_gone),
      [...USER, changes, ...DECIDED],
    ),
    part('changed', 'Kept users who changed', of('changed'), [...USER, changes, ...DECIDED]),
    part('unchanged', 'Kept users without a change', of('unchanged'), [...USER, ...DECIDED]),
    ...(counts.unknown === 0
      ? []
      : [part('unknown', 'Kept users, not yet known: no later snapshot', of('unknown'), [...USER, ...DECIDED])]),
  ];
}

const joined = (outcome: OutcomeDocument): Element =>
  section(
    'joined',
    'Users who joined since the review',
    cutTable(
      {
        id: 'joined-table',
        caption: 'Who joined, with the first snapshot that has the user',
        columns: [
          { title: 'User', cell: personText, isRowHeader: true },
          { title: 'Joined', cell: ({ dt }) => dt, kind: 'date' },
          { title: 'Commit', cell: ({ commit }) => commit, kind: 'number' },
          { title: 'Administrator', cell: ({ is_admin }) => (is_admin === null ? 'unknown' : is_admin ? 'yes' : 'no') },
          { title: 'Left again', cell: ({ left }) => (left ? sourceText(left) : '') },
        ],
        rows: outcome.joined,
        empty: 'Nobody joined.',
      },
      FILES.outcome,
    ),
  );

function days({ days: { published, missing, refused, expired }, review }: OutcomeDocument): Element {
  const ranges = (dates: readonly string[]) => (dates.length === 0 ? 'none' : datesText(dates));
  return section(
    'days',
    'Days since the review',
    facts('days-table', `Days after ${review.dt}`, [
      ['Snapshots that were read', plural(published.length, 'snapshot')],
      ['Days without a snapshot', ranges(missing)],
      ['Of these, refused by the gate', ranges(refused)],
      ['Snapshots whose users are no longer stored', ranges(expired)],
    ]),
    paragraph(
      'What happened on a day without a snapshot shows in the next one. What was undone in between shows nowhere.',
    ),
  );
}

const differences = ({ differences: lines, sheet }: OutcomeDocument): Element =>
  lines.length === 0
    ? paragraph('None. The sheet shows the same users, with the same values, as review.json.')
    : cutTable(
        {
          id: 'differences-table',
          caption: 'What the sheet shows differently. It changed nothing: review.json counts',
          columns: [{ title: 'Difference', cell: (line) => accountText(line) }],
          rows: lines,
        },
        `${FILES.outcome}, from ${sheet.file}`,
      );

function reviewers({ rows }: OutcomeDocument): Element {
  const groups = Map.groupBy(rows, ({ reviewer, decided_at }) => `${decided_at} ${reviewer}`);
  const count = (of: readonly RowOutcome[], decision: string) => of.filter((row) => row.decision === decision).length;
  return cutTable(
    {
      id: 'reviewers-table',
      caption: 'Who decided, when, and how often',
      columns: [
        { title: 'Reviewer', cell: ([row]) => accountText(row?.reviewer ?? ''), isRowHeader: true },
        { title: 'Decided on', cell: ([row]) => row?.decided_at ?? '', kind: 'date' },
        { title: 'keep', cell: (of) => count(of, 'keep'), kind: 'number' },
        { title: 'revoke', cell: (of) => count(of, 'revoke'), kind: 'number' },
        { title: 'revoke-admin', cell: (of) => count(of, 'revoke-admin'), kind: 'number' },
      ],
      rows: [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => of),
    },
    FILES.outcome,
  );
}

const ROWS_CHECKED: { readonly [checked in OutcomeDocument['review']['rows_checked']]: string } = {
  every_row: 'each is compared with its user in that commit',
  count: 'as many as the users of that commit. They are not compared: the users are no longer stored',
  none: 'not compared with that commit, since the day was published again',
};

const source = ({ review, sheet, newest, store, closed_at, program_version }: OutcomeDocument): Element =>
  facts('source-table', 'Files, commits and times', [
    ['Store', accountText(store)],
    ['Snapshot of the review', sourceText(review)],
    ['SHA-256 of that commit', code(review.commit_sha256)],
    ['Review opened', timeText(review.opened_at)],
    [`SHA-256 of ${FILES.review}`, code(review.sha256)],
    [`Rows of ${FILES.review}`, ROWS_CHECKED[review.rows_checked]],
    ['Sheet that was read', accountText(sheet.file)],
    ['SHA-256 of the sheet', code(sheet.sha256)],
    ['Newest snapshot', newest ? sourceText(newest) : 'none after the review'],
    ['SHA-256 of that commit', newest ? code(newest.commit_sha256) : ''],
    ['Outcome made', `${timeText(closed_at)} by version ${program_version}`],
  ]);

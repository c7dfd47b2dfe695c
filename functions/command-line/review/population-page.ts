/** population.html: which users a review covers, where the list comes from, what it doesn't cover, and how to recompute each figure. */
import type { Element } from 'hast';
import { STATES } from '../../snapshot/contract.ts';
import type { Review, ReviewRow } from '../../snapshot/review/review-document.ts';
import { accountText } from '../page/content.ts';
import type { Page } from '../page/page.ts';
import { personText, stateText } from '../page/wording.ts';
import { plural } from '../text.ts';
import { cutTable, list, paragraph, section } from './page-parts.ts';
import { recomputing } from './population-commands.ts';
import type { PopulationOfReview } from './population-of-review.ts';
import { dormantText, settings, source } from './population-source.ts';
import { FILES } from './review-files.ts';

export const populationPage = (of: PopulationOfReview): Page => {
  const { review, population } = of;
  const { dt, commit } = review.snapshot;
  const { owner_organization } = population.manifest;
  return {
    title: `Population of the access review of ${dt}`,
    body: [
      paragraph(
        `This review covers ${plural(review.rows.length, 'user')}, ${plural(adminCount(review), 'administrator')} among them: every user in the snapshot of ${dt}, commit ${commit}`,
        ...(owner_organization === null ? [] : [', of the organization ', accountText(owner_organization)]),
        '.',
      ),
      ...population.notes.map((note) => paragraph('Note: ', accountText(note), '.')),
      section('counts', 'Counts', counts(of)),
      section('source', 'Where the list comes from', ...source(of)),
      section('settings', 'Settings of the review', settings(of)),
      ...lists(of),
      notCovered(),
      section('recompute', 'How to recompute the figures', ...recomputing(of)),
    ],
  };
};

const adminCount = ({ rows }: Review): number => rows.filter(({ is_admin }) => is_admin).length;

interface Count {
  readonly what: string;
  readonly count: number;
}

function counts({ review, population }: PopulationOfReview): Element {
  const { rows, snapshot, since, people, exceptions, dormant_days } = review;
  const count = (what: string, isCounted: (row: ReviewRow) => boolean): Count => ({
    what,
    count: rows.filter(isCounted).length,
  });
  const all: Count[] = [
    { what: 'Users in the review', count: rows.length },
    { what: 'Users in the manifest', count: population.manifest.user_count },
    count('Administrators in the review', ({ is_admin }) => is_admin),
    { what: 'Administrators in the manifest', count: population.manifest.admin_count },
    ...STATES.map((state) => count(`State ${stateText(state)}`, (row) => row.state === state)),
    count(dormantText(dormant_days), ({ is_dormant }) => is_dormant),
    ...(since ? [count(`Changed since ${since.dt}`, ({ changed_since }) => Boolean(changed_since))] : []),
    ...(exceptions ? [count('Exceptions', ({ exception }) => exception !== null)] : []),
    ...(people
      ? [
          count("Not on the company's list", ({ is_on_people_list }) => is_on_people_list === false),
          { what: 'Addresses on the list without an account', count: people.without_account.length },
        ]
      : []),
  ];
  return cutTable(
    {
      id: 'counts-table',
      caption: `Counts of ${snapshot.dt}, commit ${snapshot.commit}`,
      isSearchable: false,
      columns: [
        { title: 'What', cell: ({ what }) => what, isRowHeader: true },
        { title: 'Count', cell: ({ count }) => count, kind: 'number' },
      ],
      rows: all,
    },
    FILES.review,
  );
}

function lists({ review: { rows, people, exceptions }, population }: PopulationOfReview): Element[] {
  const user = { title: 'User', cell: (of: ReviewRow) => personText(of), isRowHeader: true };
  const row = { title: 'Row', cell: (of: ReviewRow) => of.row, kind: 'number' as const };
  const state = { title: 'State', cell: (of: ReviewRow) => stateText(of.state) };
  const exception = { title: 'Exception', cell: ({ exception }: ReviewRow) => accountText(exception) };
  const part = (id: string, title: string, element: (caption: string) => Element) => section(id, title, element(title));
  const texts = (id: string, title: string, rows: readonly string[]) =>
    part(id, title, (caption) =>
      cutTable(
        {
          ...{ id: `${id}-table`, caption, hasHiddenCaption: true, rows },
          columns: [{ title: 'Address', cell: (text) => accountText(text) }],
        },
        FILES.review,
      ),
    );
  return [
    ...(people
      ? [
          part('strangers', "Users who aren't on the company's list", (caption) =>
            cutTable(
              {
                ...{ id: 'strangers-table', caption, columns: [row, user, state, exception], hasHiddenCaption: true },
                rows: rows.filter(({ is_on_people_list }) => is_on_people_list === false),
              },
              FILES.review,
            ),
          ),
          texts('without-account', 'People on the list without an account', people.without_account),
        ]
      : []),
    ...(exceptions
      ? [
          part('exceptions', 'Exceptions', (caption) =>
            cutTable(
              {
                ...{ id: 'exceptions-table', caption, columns: [row, user, state, exception], hasHiddenCaption: true },
                rows: rows.filter(({ exception }) => exception !== null),
              },
              FILES.review,
            ),
          ),
          texts('unmatched', 'Exceptions that match no user', population.unmatched_exceptions),
        ]
      : []),
  ];
}

const notCovered = (): Element =>
  section(
    'not-covered',
    'What is not covered',
    paragraph("The list has every user that Anodot's API returned. It doesn't cover:"),
    list([
      "Anodot's access keys and API tokens, which aren't users",
      'who may sign in by single sign-on: its settings, and the groups of the identity provider behind it',
      'what a role may do in Anodot, and which data a user can see',
      'other Anodot products, and other organizations',
      'users whom Anodot hides from the owner of the token',
      'what happened between two snapshots, and after this one',
      "whether Anodot's data is right: the snapshot records what Anodot returned",
    ]),
  );

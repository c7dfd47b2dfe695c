/** The commands by which anyone can recompute what population.html says. All but the last need only sha256sum and jq. */
import type { Element } from 'hast';
import { ADMIN_ROLE, KEYS, STATES } from '../../snapshot/contract.ts';
import { accountText, type Content } from '../page/content.ts';
import { table } from '../page/table.ts';
import { shellWord } from '../shell-word.ts';
import { commands, paragraph } from './page-parts.ts';
import type { PopulationOfReview } from './population-of-review.ts';
import { FILES } from './review-files.ts';

type Figure = readonly [figure: string, command: Content];

export const recomputing = (of: PopulationOfReview): Element[] => [
  paragraph('The commands cover the tables "Counts" and "Settings of the review", and the hashes of the snapshot.'),
  paragraph("In the store's folder, or in a copy of the bucket: ", accountText(of.location)),
  figures('store-commands', "Commands for the store's folder", ofStore(of)),
  paragraph('In the folder of the review:'),
  figures('review-commands', 'Commands for the folder of the review', ofReview(of)),
  ...further(of),
];

const figures = (id: string, caption: string, rows: readonly Figure[]): Element =>
  table({
    ...{ id, caption, hasHiddenCaption: true, rows },
    columns: [
      { title: 'Figure', cell: ([figure]: Figure) => figure, isRowHeader: true },
      { title: 'Command', cell: ([, command]) => (typeof command === 'string' ? commands([command]) : command) },
    ],
  });

function ofStore({ review }: PopulationOfReview): Figure[] {
  const { dt, commit } = review.snapshot;
  const [users, manifest, document] = [KEYS.json(dt), KEYS.manifest(dt), KEYS.commit(commit)];
  return [
    ['SHA-256 of the commit, as above and as you noted it', `sha256sum ${document}`],
    [
      'Hash of each object, as the commit names it',
      `jq -r '.objects[] | .sha256 + "  " + .key' ${document} | sha256sum --check`,
    ],
    ['Users in the list', `jq -s length ${users}`],
    ['Administrators in the list', `jq -s 'map(select(.roles // [] | index("${ADMIN_ROLE}"))) | length' ${users}`],
    [
      'Users and administrators in the manifest, its request and response',
      `jq -c '{user_count, admin_count, states, request, response, observed_at}' ${manifest}`,
    ],
    [
      "Hash of all lines of the list. It equals that of the review's rows",
      `while IFS= read -r line; do printf %s "$line" | sha256sum | cut -c 1-64; done < ${users} | LC_ALL=C sort | sha256sum`,
    ],
  ];
}

function ofReview({ review: { since, exceptions, people, dormant_days } }: PopulationOfReview): Figure[] {
  const jq = (filter: string) => `jq -c '${filter}' ${FILES.review}`;
  const rows = (condition: string) => jq(`[.rows[] | select(${condition})] | length`);
  const states = STATES.map((state) => `"${state}"`).join(', ');
  return [
    [`SHA-256 of ${FILES.review}, as above and as you noted it`, `sha256sum ${FILES.review}`],
    ['Users in the review', jq('.rows | length')],
    ['Administrators in the review', rows('.is_admin')],
    [
      'Users by state',
      jq(`[.rows[].state] as $all | [${states}] | map({(.): (. as $s | $all | map(select(. == $s)) | length)}) | add`),
    ],
    [`More than ${dormant_days} days without activity`, rows('.is_dormant')],
    ...(since ? [[`Changed since ${since.dt}`, rows('.changed_since != ""')] as const] : []),
    ...(exceptions
      ? ([
          ['Exceptions', rows('.exception')],
          ['Exceptions on the list', jq('.exceptions.count')],
        ] as const)
      : []),
    ...(people
      ? ([
          ["Not on the company's list", rows('.is_on_people_list == false')],
          ['Addresses on the list without an account', jq('.people.without_account | length')],
          ['Addresses on the list', jq('.people.addresses')],
          ['Users on the list', rows('.is_on_people_list')],
        ] as const)
      : []),
    ["Hash of the rows' hashes", `jq -r '.rows[].sha256' ${FILES.review} | LC_ALL=C sort | sha256sum`],
  ];
}

/** What isn't in either folder: the lists that the review was opened with, and the program itself. */
function further({
  review: { snapshot, people, exceptions },
  population,
  commands: advised,
}: PopulationOfReview): Element[] {
  const rows: Figure[] = [
    ...(people
      ? ([
          ['SHA-256 of the list of people', `sha256sum ${shellWord(people.file)}`],
          ['People marked as having left', ['from ', accountText(people.file), ' itself']],
        ] as const)
      : []),
    ...(exceptions
      ? ([
          ['SHA-256 of the exceptions', `sha256sum ${shellWord(exceptions.file)}`],
          ['Exceptions that match no user', ['from ', accountText(exceptions.file), ' itself']],
        ] as const)
      : []),
    ...(population.isNewest
      ? [
          [
            `The same users, as long as ${snapshot.dt} is the newest day`,
            advised.query('select id, email, state, is_admin from access_review'),
          ] as const,
        ]
      : []),
  ];
  if (rows.length === 0) return [];
  return [
    paragraph('In the folder in which review open was run:'),
    figures('further-commands', 'Commands for the folder in which review open was run', rows),
  ];
}

/** Where the users of a review come from, and what the review was opened with, as facts of population.html. */
import type { Element } from 'hast';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import { accountText, type Content } from '../page/content.ts';
import { table } from '../page/table.ts';
import { timeText } from '../page/wording.ts';
import { plural } from '../text.ts';
import { code, facts } from './page-parts.ts';
import type { PopulationOfReview } from './population-of-review.ts';
import { FILES } from './review-files.ts';

const UNKNOWN = 'not recorded by the version that took the snapshot';

/** The manifest's evidence: which request, which response, when and with which token. */
export function source({ review, population: { manifest, commit_sha256 }, location }: PopulationOfReview): Element[] {
  const { request, response, token, host } = manifest;
  const rows: (readonly [string, Content])[] = [
    ['Store', accountText(location)],
    ['Account', accountText(manifest.source)],
    ['Organization', manifest.owner_organization === null ? 'unknown' : accountText(manifest.owner_organization)],
    ['Day (UTC)', manifest.dt],
    ['Request', request ? code(`${request.method} ${request.path}${parametersOf(request.parameters)}`) : UNKNOWN],
    ['Response', response ? responseText(response) : UNKNOWN],
    ['SHA-256 of the response', response ? code(response.sha256) : UNKNOWN],
    [
      'Token',
      token ? `${token.kind}${token.secret_version === null ? '' : `, version ${token.secret_version}`}` : UNKNOWN,
    ],
    ['Taken by', host ? (host.kind === 'lambda' ? 'the function in AWS' : 'a terminal') : UNKNOWN],
    ['Received', timeText(manifest.observed_at)],
    ['Published', `${timeText(manifest.published_at)} by version ${manifest.program_version}`],
    ['Groups', manifest.groups],
    ['Run', accountText(manifest.run_id)],
    ['Commit', `${manifest.commit}`],
    ['SHA-256 of that commit', code(commit_sha256)],
  ];
  return [
    facts('source-table', `How the users of ${review.snapshot.dt} were received`, rows),
    table({
      id: 'objects-table',
      caption: `Objects that commit ${manifest.commit} published`,
      columns: [
        { title: 'Object', cell: ({ key }) => code(key), isRowHeader: true },
        { title: 'Bytes', cell: ({ bytes }) => bytes, kind: 'number' },
        { title: 'SHA-256', cell: ({ sha256 }) => code(sha256) },
      ],
      rows: manifest.objects,
    }),
  ];
}

const responseText = ({ status, bytes, date }: NonNullable<Manifest['response']>): string =>
  `status ${status}, ${bytes.toLocaleString('en')} bytes, ${date === null ? 'without a date' : `dated ${timeText(date)} by the server`}`;

const parametersOf = (parameters: { readonly [name: string]: string }): string => {
  const text = new URLSearchParams(parameters).toString();
  return text === '' ? ' without parameters' : `?${text}`;
};

export const dormantText = (days: number): string =>
  `More than ${plural(days, 'day')} without activity (is_dormant; disabled users not counted)`;

export function settings({ review, population, sha256 }: PopulationOfReview): Element {
  const { since, people, exceptions } = review;
  return facts('settings-table', 'What the review was opened with', [
    ['Review opened', `${timeText(review.opened_at)} by version ${review.program_version}`],
    [`SHA-256 of ${FILES.review}`, code(sha256)],
    ['Changes marked since', since ? `${since.dt}, commit ${since.commit}` : 'not asked for'],
    ['Dormant', `more than ${plural(review.dormant_days, 'day')} without activity`],
    ["Company's list of people", people ? accountText(people.file) : 'none'],
    ...(people
      ? ([
          ['SHA-256 of the list', code(people.sha256)],
          ['Column of addresses', accountText(people.column)],
          ['Addresses on the list', people.addresses],
          ['Users on the list', population.people?.matched ?? 0],
          ['People marked as having left', population.people?.departed ?? 0],
        ] as const)
      : []),
    ['List of exceptions', exceptions ? accountText(exceptions.file) : 'none'],
    ...(exceptions
      ? ([
          ['SHA-256 of the exceptions', code(exceptions.sha256)],
          ['Exceptions on the list', exceptions.count],
        ] as const)
      : []),
  ]);
}

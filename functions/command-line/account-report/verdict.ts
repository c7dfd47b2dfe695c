/** The report's beginning: how many users there are, how complete the record is, and where it comes from. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import { PROGRAM_VERSION, SAMPLE_SOURCE, type Trigger } from '../../snapshot/contract.ts';
import { DAY_MILLISECONDS, dtOf } from '../../snapshot/utc-day.ts';
import { accountText, type Content } from '../page/content.ts';
import { marked, sourceText, timeText } from '../page/wording.ts';
import { plural } from '../text.ts';
import { completenessText } from './completeness.ts';
import type { ReportInput } from './report-input.ts';
import { bulletList, factList, paragraph } from './section.ts';

export const headlineText = ({ user_count, admin_count, dt }: Manifest): string =>
  `${plural(user_count, 'user')}, ${plural(admin_count, 'administrator')} on ${dt}`;

export function verdict(input: ReportInput): Element[] {
  const { overview, newest } = input;
  const notes = notesOf(input);
  return [
    h('h1', headlineText(newest)),
    paragraph(h('strong', `${completenessText(overview.status)}.`)),
    ...(notes.length > 0 ? [bulletList(notes)] : []),
    factList(factsOf(input)),
    ...limits(input),
  ];
}

/** What a reader must know before relying on the figures. */
function notesOf({ overview, newest, now }: ReportInput): Content[] {
  const { days, status, since } = overview;
  const age = (Date.parse(dtOf(now)) - Date.parse(newest.dt)) / DAY_MILLISECONDS;
  const sources = new Set(days.map(({ source }) => source));
  const organizations = new Set(days.flatMap(({ owner_organization }) => owner_organization ?? []));
  const damaged = status.days.filter(({ state }) => state === 'damaged').map(({ dt }) => dt);
  return [
    ...(age > 1 ? [marked(`The newest snapshot is ${age} days old.`)] : []),
    ...(damaged.length > 0
      ? [marked(`Damaged: ${damaged.join(', ')}. Run verify before relying on this report.`)]
      : []),
    ...(sources.size > 1 ? [`The period has snapshots of ${sources.size} hosts: ${[...sources].join(', ')}.`] : []),
    ...(organizations.size > 1
      ? [['The period has snapshots of several organizations: ', ...listed([...organizations]), '.']]
      : []),
    ...(status.first_day !== null && status.first_day > since
      ? [`The first snapshot in the store is that of ${status.first_day}. Nothing is known of earlier days.`]
      : []),
  ];
}

const listed = (values: readonly string[]): Content[] =>
  values.flatMap((value, i) => (i === 0 ? [accountText(value)] : [', ', accountText(value)]));

const TAKEN = {
  schedule: 'taken by the schedule',
  api: 'requested over the API',
  manual: 'taken by invoking the function by hand',
  local: 'taken in a terminal',
} as const satisfies { readonly [trigger in Trigger]: string };

const TOKENS = {
  refresh: 'with a bearer token from a refresh token',
  access: 'with an access token',
} as const;

function factsOf({ overview, newest, now }: ReportInput): (readonly [string, Content])[] {
  const { status } = overview;
  const isNewest = status.newest_commit === newest.commit;
  return [
    ['Account', newest.source === SAMPLE_SOURCE ? 'the sample account, which is invented' : newest.source],
    ['Organization', newest.owner_organization === null ? 'unknown' : accountText(newest.owner_organization)],
    ['Period', `${overview.since} to ${status.days.at(-1)?.dt ?? newest.dt}, in UTC`],
    ['Store', accountText(overview.location)],
    ['Newest snapshot', [sourceText(newest), `, ${TAKEN[newest.trigger]}`]],
    ['Received', timeText(newest.observed_at)],
    ['Published', [timeText(newest.published_at), ` by version ${newest.program_version}`]],
    ...receivedFrom(newest),
    ['SHA-256 of that commit', h('code', overview.newest_commit_sha256)],
    ...(isNewest || status.newest_commit === null
      ? []
      : [
          [
            'Newest commit',
            [`${status.newest_commit}, SHA-256 `, h('code', status.newest_commit_sha256 ?? 'unknown')],
          ] as const,
        ]),
    ['Report made', `${timeText(now)} by version ${PROGRAM_VERSION}`],
  ];
}

/** Manifests of earlier versions don't say how the users were received. */
function receivedFrom({ request, response, token }: Manifest): (readonly [string, Content])[] {
  if (!request || !response) return [['Request', 'not recorded by the version that published the snapshot']];
  const parameters = new URLSearchParams(request.parameters).toString();
  const line = `${request.method} ${request.path}${parameters === '' ? '' : `?${parameters}`}`;
  return [
    ['Request', [h('code', line), token ? `, ${TOKENS[token.kind]}` : '']],
    [
      'Response',
      [
        `status ${response.status}, ${response.bytes.toLocaleString('en')} bytes, `,
        response.date === null ? 'without a date' : `dated ${timeText(response.date)} by the server`,
      ],
    ],
    ['SHA-256 of the response', h('code', response.sha256)],
  ];
}

const limits = ({ overview, commands }: ReportInput): Element[] => [
  paragraph(
    'This report shows what the store says. It does not prove that the store is intact. This command checks every stored object against the chain of commits, and ends with 9 if anything is damaged or the store has no such commit:',
  ),
  paragraph(commands.command('verify', '--expect', overview.newest_commit_sha256)),
  paragraph(h('a', { href: '#check' }, 'How to check each figure'), '.'),
];

/** How to check the report: the document that each kind of figure comes from, and a command that shows the same. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import { objectOf } from '../../snapshot/commits/commit.ts';
import { COMMITS_FOLDER, FOLDERS, KEYS } from '../../snapshot/contract.ts';
import type { Content } from '../page/content.ts';
import { table } from '../page/table.ts';
import { sourceText } from '../page/wording.ts';
import type { ReportInput } from './report-input.ts';
import { paragraph, section } from './section.ts';

interface Check {
  readonly what: string;
  readonly document: string;
  readonly command: Content;
}

export function howToCheck(input: ReportInput): Element {
  const { newest, overview } = input;
  return section(
    'check',
    'How to check this report',
    paragraph(
      'Each figure names its day and its commit. The commit is stored in ',
      h('code', `${COMMITS_FOLDER}NUMBER.json`),
      ', and names the SHA-256 of every document of its day. Each commit also holds the SHA-256 of the one before it.',
    ),
    table({
      id: 'check-table',
      caption: 'Where each kind of figure comes from. D is the day',
      columns: [
        { title: 'Figure', cell: ({ what }: Check) => what },
        { title: 'Document', cell: ({ document }) => h('code', document) },
        { title: 'Shows the same', cell: ({ command }) => command },
      ],
      rows: checksOf(input),
    }),
    table({
      id: 'documents-table',
      caption: `Documents of ${sourceText(newest)}`,
      columns: [
        { title: 'Document', cell: ({ key }) => h('code', key) },
        { title: 'Bytes', cell: ({ bytes }) => bytes, kind: 'number' },
        { title: 'SHA-256', cell: ({ sha256 }) => h('code', sha256) },
      ],
      rows: [
        { key: KEYS.commit(newest.commit), bytes: null, sha256: overview.newest_commit_sha256 },
        { key: KEYS.manifest(newest.dt), bytes: null, sha256: overview.newest_manifest_sha256 },
        ...newest.objects,
      ],
    }),
  );
}

/** Names only documents that exist: groups may have been denied. */
function checksOf({ overview, newest, commands }: ReportInput): Check[] {
  const { since } = overview;
  const groups: Check = {
    what: 'Names of groups',
    document: KEYS.groups(overview.until),
    command: commands.query(`select id, name from groups where dt = '${overview.until}' order by name`),
  };
  return [
    {
      what: 'Users, administrators and states by day; request and response',
      document: KEYS.manifest('D'),
      command: commands.query('select * from daily_counts order by dt'),
    },
    {
      what: 'Days without a snapshot',
      document: `${FOLDERS.manifests} and ${FOLDERS.runs}`,
      command: commands.command('status', '--since', since),
    },
    {
      what: 'Changes, joiners, leavers',
      document: KEYS.changes('D'),
      command: commands.command('changes', '--since', since),
    },
    {
      what: 'Administrators over time',
      document: `${KEYS.changes('D')} and ${KEYS.json('D')}`,
      command: commands.query('select * from admin_history order by first_dt, email'),
    },
    {
      what: 'Administrators now',
      document: KEYS.json(overview.until),
      command: commands.query('select * from current_admins order by email'),
    },
    {
      what: 'Dormant and never active',
      document: KEYS.json(overview.until),
      command: commands.query('select * from dormant_users order by quiet_days desc'),
    },
    ...(objectOf(newest, 'groups') ? [groups] : []),
    { what: 'All of them', document: `${COMMITS_FOLDER} and what it names`, command: commands.command('verify') },
  ];
}

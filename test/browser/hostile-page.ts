/** A page of tables and sentences with the worst values that an account may hold. */
import { h } from 'hastscript';
import { accountText } from '../../functions/command-line/page/content.ts';
import { pageText } from '../../functions/command-line/page/page.ts';
import { table } from '../../functions/command-line/page/table.ts';

export interface Person {
  readonly name: string | null;
  readonly email: string;
  readonly groups: readonly string[];
  readonly role: string;
  readonly quietDays: number | null;
  readonly lastActive: string | null;
}

const NAMES = [
  '<img src=x onerror="alert(1)">',
  '</script><script>alert(2)</script>',
  '<!-- <style>*{display:none}</style>',
  'Ada\u202egnp.exe',
  'x'.repeat(10_000),
  'word '.repeat(2_000),
  `Z${'\u0335\u0321\u0301'.repeat(300)}algo`,
  'Ze\u200bro\u00adWidth\ufeff',
  '=HYPERLINK("http://203.0.113.1","open")',
  'مريم الأحمد',
  'שרה כהן (admin)',
  'می‌خواهم',
  '👩‍👩‍👧‍👦 Family 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  ' leading  and trailing ',
  '\u0000\u0007\r\nnew\tline\ud800',
  '山田　太郎',
  '&amp;&lt;b&gt;',
  '⟨U+202E⟩',
  null,
];

export const PEOPLE: readonly Person[] = [...NAMES, ...Array.from({ length: 12 }, (_, index) => `Person ${index}`)].map(
  (name, index) => ({
    name,
    email: `${'long-address-'.repeat(index % 4)}${index}@subsidiary.example.com`,
    groups: Array.from({ length: index === 3 ? 50 : index % 4 }, (_, group) => `Group ${group}`),
    role: index % 5 === 0 ? 'customer-admin' : 'customer-user',
    quietDays: index % 7 === 0 ? null : index * 37,
    lastActive: index % 7 === 0 ? null : `2026-${String(1 + (index % 12)).padStart(2, '0')}-17`,
  }),
);

const people = table<Person>({
  id: 'people',
  caption: 'Users on 2026-11-26, commit 29',
  isSearchable: true,
  cut: {
    total: 100_000,
    rest: ['All of them: ', h('code', 'anodot-user-snapshots query "select * from current_users"')],
  },
  rows: PEOPLE,
  columns: [
    { title: 'Address', cell: ({ email }) => accountText(email), isRowHeader: true },
    { title: 'Name', cell: ({ name }) => accountText(name) },
    { title: 'Role', cell: ({ role }) => accountText(role) },
    { title: 'Groups', cell: ({ groups }) => groups.map((name, index) => [index ? ', ' : '', accountText(name)]) },
    { title: 'Days without activity', kind: 'number', cell: ({ quietDays }) => quietDays },
    { title: 'Last active', kind: 'date', cell: ({ lastActive }) => lastActive },
  ],
});

const wide = table<Person>({
  id: 'wide',
  caption: 'A table with 22 columns on 2026-11-26, commit 29',
  rows: PEOPLE.slice(0, 8),
  columns: Array.from({ length: 22 }, (_, index) => ({
    title: `Column number ${index}`,
    cell: ({ name, email }) => accountText(index % 5 === 0 ? name : email.slice(0, 20)),
  })),
});

const WORST = PEOPLE.slice(0, 19).flatMap(({ name }) => [accountText(name), ', ']);

export const hostilePage = (): string =>
  pageText({
    title: 'Users of an account with odd names',
    body: [
      h('p', ['Complete from 2026-08-28 to 2026-11-26, commit 29. ', h('strong', 'No day is missing.')]),
      h('dl', [
        h('dt', 'Organization'),
        h('dd', accountText('<b>Acme</b>')),
        h('dt', 'Newest commit'),
        h('dd', h('code', 'a'.repeat(64))),
      ]),
      h('section', { id: 'all' }, [h('h2', 'Everyone'), h('p', 'As of 2026-11-26, commit 29.'), people]),
      h('section', { id: 'columns' }, [h('h2', 'Many columns'), wide]),
      h('section', { id: 'sentence' }, [h('h2', 'In a sentence'), h('p', ['Added: ', ...WORST, 'and nobody else.'])]),
      h('section', { id: 'nothing' }, [
        h('h2', 'Nothing'),
        table({ id: 'none', caption: 'Groups on 2026-11-26, commit 29', rows: [], columns: [] }),
      ]),
    ],
  });

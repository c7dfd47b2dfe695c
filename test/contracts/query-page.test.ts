import { expect, test } from 'vitest';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { VIEWS } from '../../functions/snapshot/tables/views.ts';
import { fieldsOf, readPage, tableOf } from '../schemas/data-page.ts';
import { DOCUMENTS } from '../schemas/json-schemas.ts';

const page = readPage('query');

/** The columns of a cell: `name` of type varchar, or `name` type. */
const columnsIn = (cell = '') =>
  [...cell.matchAll(/`(\w+)`(?: ([\w()]+))?/g)].map(([, name = '', type = 'varchar']) => ({ name, type }));

test('docs/query.md lists every table', () => {
  expect(tableOf(page, 'Tables').map(([name = '']) => name.replaceAll('`', ''))).toEqual(
    TABLES.map(({ name }) => name),
  );
});

test('docs/query.md lists every view, with all columns in their order and their types', () => {
  const views = tableOf(page, 'Views').map(([name = '', , columns]) => ({
    name: name.replaceAll('`', ''),
    columns: columnsIn(columns),
  }));
  expect(views).toEqual(VIEWS.map(({ name, columns }) => ({ name, columns })));
});

test.each([
  ['users', 'user'],
  ['users_csv', 'user'],
  ['user_changes', 'change'],
  ['groups', 'group'],
  ['snapshots', 'manifest'],
  ['snapshot_runs', 'run'],
] as const)('the table "%s" has the columns of docs/data.md to which docs/query.md links', (name, document) => {
  const table = TABLES.find((one) => one.name === name);
  const columns = [...(table?.columns ?? []), ...(table?.partitioned ? [{ name: 'dt' }] : [])].map((one) => one.name);
  const { heading } = DOCUMENTS[document];
  const described = fieldsOf(readPage('data'), heading).flatMap((field) => (/[.[]/.test(field.name) ? [] : field.name));
  const link = tableOf(page, 'Tables').find(([cell]) => cell === `\`${name}\``)?.[2];
  expect(link).toContain(`(data.md#${heading.toLowerCase().replaceAll(' ', '-')})`);
  expect(new Set(columns)).toEqual(new Set(link?.endsWith('`dt`') ? [...described, 'dt'] : described));
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CHANGES, KEYS, STATES } from '../../functions/snapshot/contract.ts';
import { fieldsOf, readPage, tableOf } from '../schemas/data-page.ts';
import { DOCUMENT_NAMES, DOCUMENTS, fileOf, type JsonSchema, jsonSchemaOf, pathsOf } from '../schemas/json-schemas.ts';

const page = readPage('data');
const codesIn = (cells: readonly (string | undefined)[]) =>
  cells.flatMap((cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));

test.each(DOCUMENT_NAMES)('the committed JSON Schema "%s" matches the code and its page', (name) => {
  const committed: unknown = JSON.parse(readFileSync(fileOf(name), 'utf8'));
  expect(committed, 'run npm run schema:data').toEqual(jsonSchemaOf(name));
});

test.each(DOCUMENT_NAMES)('the page of the document "%s" lists every field, in order and with its type', (name) => {
  const described = fieldsOf(readPage(DOCUMENTS[name].page), DOCUMENTS[name].heading).map((field) => [
    field.name,
    field.type,
  ]);
  const fields = [...pathsOf(jsonSchemaOf(name))];
  expect(described).toEqual(
    fields.map(([path, field, isOptional]) => [
      path,
      `${typeOf(field)}${isOptional ? ', optional' : isNullable(field) ? ' or null' : ''}`,
    ]),
  );
});

test.each(DOCUMENT_NAMES)('the JSON Schema "%s" checks every date and time with a pattern', (name) => {
  const unchecked = [...pathsOf(jsonSchemaOf(name))].filter(
    ([path, field]) =>
      /(?:_at|^dt|^last_active)$/.test(path) && ![field, ...(field.anyOf ?? [])].some((one) => one.pattern),
  );
  expect(unchecked.map(([path]) => path)).toEqual([]);
});

test('docs/data.md lists every key of a store, and the code writes no other', () => {
  const keys = [
    ...(['json', 'csv', 'changes', 'groups', 'manifest'] as const).map((kind) => KEYS[kind]('D')),
    KEYS.commit(42),
    KEYS.signature(42, 'EXECUTION'),
    KEYS.publicKey('FINGERPRINT'),
    KEYS.run('RUN'),
    KEYS.unreported('RUN'),
    KEYS.raw('D', 'RUN', 'EXECUTION'),
    KEYS.verification('TIME'),
  ];
  expect(keys).toHaveLength(Object.keys(KEYS).length);
  expect(codesIn(tableOf(page, 'Keys').map(([key]) => key))).toEqual(keys);
});

test('docs/data.md explains every kind of change', () => {
  const kinds = new Set<string>(CHANGES);
  const table = page.slice(page.indexOf('| `change` | `before` | `after` |'));
  const explained = codesIn(
    table
      .slice(0, table.indexOf('\n\n'))
      .split('\n')
      .slice(2)
      .map((row) => row.split('|')[1]),
  );
  expect(new Set(explained)).toEqual(kinds);
});

test('docs/data.md has a rule for every state', () => {
  expect(codesIn(tableOf(page, 'States').map(([state]) => state)).sort()).toEqual([...STATES].sort());
});

/** The type of a field in the words of the page. */
function typeOf(schema: JsonSchema): string {
  const choice = schema.anyOf?.find(({ type }) => type !== 'null');
  if (choice) return typeOf(choice);
  const type = [schema.type].flat().find((one) => one !== 'null');
  if (type !== 'array' || typeof schema.items !== 'object' || Array.isArray(schema.items)) return String(type);
  return `list of ${typeOf(schema.items)}s`;
}

const isNullable = ({ type, anyOf }: JsonSchema): boolean =>
  [type].flat().includes('null') || (anyOf?.some((one) => one.type === 'null') ?? false);

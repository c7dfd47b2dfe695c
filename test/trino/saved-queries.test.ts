import { expect, inject, test } from 'vitest';
import * as z from 'zod';
import { VIEWS } from '../../functions/snapshot/tables/views.ts';
import { resolved } from '../support/cdk/synthesis.ts';
import { ask, expectSameRows, onOneDay } from './ask.ts';

const SAVED_QUERY = z.object({
  Name: z.string(),
  Database: z.string(),
  WorkGroup: z.string(),
  QueryString: z.string(),
});

/** The saved queries of the template. */
function savedQueries() {
  const { resources, values } = inject('deployed').deployment;
  return resources
    .filter(([, { Type }]) => Type === 'AWS::Athena::NamedQuery')
    .map(([, { Properties }]) => SAVED_QUERY.parse(resolved(Properties, values)));
}

test.each(VIEWS.map(({ name }) => name))('the saved query %s returns the rows of its view', async (name) => {
  const query = savedQueries().find(({ Name }) => Name === name);
  expect(query?.Database).toBe(inject('deployed').database);
  await onOneDay(async (today) => {
    const { rows } = await ask(query?.QueryString ?? '');
    expectSameRows(rows, inject('deployed').expected[today]?.[name] ?? []);
  });
});

test.each(VIEWS.map(({ name }) => name))(
  'the example in the comment of the saved query %s runs and finds rows',
  async (name) => {
    const text = savedQueries().find(({ Name }) => Name === name)?.QueryString ?? '';
    const [, example = ''] = /^-- Example: (.*(?:\n-- .*)*)/m.exec(text) ?? [];
    const { rows } = await ask(example.replaceAll('\n-- ', ' '));
    expect(rows.length).toBeGreaterThan(0);
  },
);

import { expect, test } from 'vitest';
import { headOf } from '../../../../../functions/snapshot/tables/views.ts';

test('the comment at the start of a view says what it shows, and gives an example', () => {
  expect(headOf('users', '-- Who has\n-- access.\n-- Example: select 1\nselect 2')).toEqual({
    comment: 'Who has access.',
    example: 'select 1',
  });
});

test.each([
  'select 1',
  '-- Who has access.\nselect 1',
  '-- Example: select 1\nselect 2',
  '\n-- Who. Example: select 1',
])('a view without such a comment is an error that names its file: %j', (sql) => {
  expect(() => headOf('access_review', sql)).toThrow('access_review.sql must begin with a comment');
});

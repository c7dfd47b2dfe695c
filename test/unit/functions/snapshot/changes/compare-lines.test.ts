import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Comparison } from '../../../../../functions/snapshot/changes/comparison.ts';
import { lineOf } from '../../../../../functions/snapshot/format/json-lines.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { compare, SPAN } from '../../../../support/change-feed.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';
import { snapshot } from '../../../../support/user-histories.ts';

/** Equal lines are equal users. Only lines that differ are parsed. */

async function* batchesOf(lines: readonly string[], length: number): AsyncGenerator<string[]> {
  for (let at = 0; at < lines.length; at += length) yield lines.slice(at, at + length);
}

/** The changes, and how many users of the later snapshot were parsed. */
async function compareLines(before: readonly string[], after: readonly string[], batchLength: number) {
  let parsed = 0;
  const lines = after.map((json) => ({
    json,
    get user(): User {
      parsed++;
      return JSON.parse(json);
    },
  }));
  const comparison = new Comparison(batchesOf(before, batchLength), SPAN);
  for (let at = 0; at < lines.length; at += 7) await comparison.add(lines.slice(at, at + 7));
  const { changes, shared } = await comparison.end();
  return { changes: changes.map(({ id, change }) => [id, change]), shared, parsed };
}

const userOf = (n: number): User => ({ ...EMPTY_USER, id: `${n}`.padStart(4, '0'), email: `${n}@example.com` });
const linesOf = (users: readonly User[]): string[] => users.map((row) => lineOf(row).json);
const days = Array.from({ length: 500 }, (_, n) => userOf(n));

/** The columns of a line in another order, as another version of this program might have written them. */
const reversed = (json: string): string =>
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json)).reverse()));

describe('a comparison', () => {
  test('parses no user if all lines are equal', async () => {
    expect(await compareLines(linesOf(days), linesOf(days), 11)).toEqual({ changes: [], shared: 500, parsed: 0 });
  });

  test('parses few other users if one joins, one leaves and one changes', async () => {
    const changed = days.map((row, n) => (n === 300 ? { ...row, disabled: true } : row));
    const after = [userOf(900), ...changed.filter((_, n) => n !== 200)];
    const { changes, shared, parsed } = await compareLines(
      linesOf(days.map((row) => ({ ...row, disabled: false }))),
      linesOf(after.map((row) => ({ ...row, disabled: row.disabled ?? false }))),
      11,
    );
    expect(changes).toEqual([
      ['0200', 'left'],
      ['0300', 'disabled'],
      ['0900', 'joined'],
    ]);
    expect(shared).toBe(499);
    expect(parsed).toBeLessThan(8);
  });

  test('finds no change if only the order of the columns differs', async () => {
    const { changes, shared } = await compareLines(linesOf(days).map(reversed), linesOf(days), 11);
    expect({ changes, shared }).toEqual({ changes: [], shared: 500 });
  });

  test('has the same result whatever the order of the columns', async () => {
    const lengths = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(snapshot, snapshot, lengths, async (before, after, length) => {
        const expected = await compare(before, after);
        const other = await compareLines(linesOf(before).map(reversed), linesOf(after), length);
        expect(other.changes).toEqual(expected.changes.map(({ id, change }) => [id, change]));
        expect(other.shared).toBe(expected.shared);
      }),
      { numRuns: 100 },
    );
  });
});

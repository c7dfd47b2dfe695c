import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apply, byId, compare, expectFaithful } from '../../../../support/change-feed.ts';
import { history, night, shuffled, sleepOver, snapshot } from '../../../../support/user-histories.ts';

/** For any two snapshots, and any history of snapshots, the feed turns the earlier one into the later one. */

const pieces = fc.record({
  pieceLength: fc.integer({ min: 1, max: 4000 }),
  batchLength: fc.integer({ min: 1, max: 14 }),
});

describe('for any two snapshots', () => {
  test('the feed turns the earlier one into the later one except for unknown values, and is minimal, sorted and counted, whatever the order of users', async () => {
    await fc.assert(
      fc.asyncProperty(snapshot, snapshot, pieces, (before, after, { pieceLength, batchLength }) =>
        expectFaithful(before, after, pieceLength, batchLength).then(() => undefined),
      ),
      { numRuns: 300 },
    );
  });

  test('a snapshot compared with itself has no changes, whatever the order of users and their last_active', async () => {
    const pair = snapshot.chain((users) => fc.tuple(fc.constant(users), shuffled(users), fc.gen()));
    await fc.assert(
      fc.asyncProperty(pair, async ([before, after]) => {
        const later = after.map((row) => ({
          ...row,
          last_active: '2026-11-23T00:00:00.000Z',
          extra_json: '{"n":1}',
          created_at: null,
          owner_organization: 'o9',
        }));
        expect(await expectFaithful(before, later)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('the feed does not depend on the order of users', async () => {
    const orders = fc
      .tuple(snapshot, night)
      .map(([before, next]) => [before, sleepOver(before, next)] as const)
      .chain(([before, after]) => fc.tuple(fc.constant([before, after] as const), shuffled(before), shuffled(after)));
    await fc.assert(
      fc.asyncProperty(orders, async ([[before, after], otherBefore, otherAfter]) => {
        expect(await compare(otherBefore, otherAfter)).toEqual(await compare(before, after));
      }),
      { numRuns: 200 },
    );
  });
});

/** Without unknown values: they differ from known ones, but no feed lists the difference, so feeds could not be applied day by day. */
const saidHistory = history.map((days) =>
  days.map((users) =>
    users.map((row) => ({ ...row, roles: row.roles ?? [], groups: row.groups ?? [], disabled: row.disabled ?? false })),
  ),
);

describe('for any history without unknown values', () => {
  test('the feeds turn the first day into each later one if users keep their order', async () => {
    await fc.assert(
      fc.asyncProperty(saidHistory, pieces, async (days, { pieceLength, batchLength }) => {
        let state = byId(days[0] ?? []);
        for (const [i, after] of days.entries()) {
          if (i === 0) continue;
          state = apply(await expectFaithful(days[i - 1] ?? [], after, pieceLength, batchLength), state);
          expect(state).toEqual(byId(after));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the feeds turn the first day into each later one if users are shuffled every day', async () => {
    const shuffledHistory = saidHistory.chain((days) => fc.tuple(...days.map(shuffled)));
    await fc.assert(
      fc.asyncProperty(shuffledHistory, async (days) => {
        let state = byId(days[0] ?? []);
        for (const [i, after] of days.entries()) {
          if (i === 0) continue;
          state = apply(await expectFaithful(days[i - 1] ?? [], after), state);
          expect(state).toEqual(byId(after));
        }
      }),
      { numRuns: 100 },
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Columns } from '../../../../../../functions/snapshot/verify/deep/columns.ts';
import type { Entry } from '../../../../../../functions/snapshot/verify/deep/entries.ts';
import { Matcher } from '../../../../../../functions/snapshot/verify/deep/matcher.ts';

/** Entries match their counterparts in any order, with any text. */

const entries = fc.uniqueArray(
  fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })).map(
    ([id, name]): Entry => ({
      id,
      cells: new Map([
        ['id', id],
        ['first_name', `${name}\ud800`],
      ]),
    }),
  ),
  { selector: ({ id }) => id, maxLength: 12 },
);
const shuffled = entries.chain((all) =>
  fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
);

async function matched(stored: readonly Entry[], computed: readonly Entry[]): Promise<Matcher> {
  async function* all() {
    yield* stored;
  }
  const matcher = new Matcher(all(), new Columns(new Set(), false), 99);
  for (const entry of computed) await matcher.add(entry);
  await matcher.end();
  return matcher;
}

test('entries in any order match', async () => {
  await fc.assert(
    fc.asyncProperty(shuffled, async ([stored, computed]) => {
      expect((await matched(stored, computed)).mismatches).toEqual([]);
    }),
  );
});

test('an entry that is missing, added or changed is found at its place in any order', async () => {
  await fc.assert(
    fc.asyncProperty(shuffled, fc.nat(), async ([stored, computed], which) => {
      fc.pre(stored.length > 0);
      const at = which % stored.length;
      const lacking = (await matched(stored.toSpliced(at, 1), computed)).mismatches;
      expect(lacking).toEqual([{ is: 'lacking', at: computed.findIndex(({ id }) => id === stored[at]?.id) + 1 }]);
      const extra = (
        await matched(
          stored,
          computed.filter(({ id }) => id !== stored[at]?.id),
        )
      ).mismatches;
      expect(extra).toEqual([{ is: 'extra', at: at + 1 }]);
      const edited = stored.map((entry, i) =>
        i === at ? { ...entry, cells: new Map(entry.cells).set('first_name', 'another') } : entry,
      );
      expect((await matched(edited, computed)).mismatches).toEqual([
        { is: 'different', at: at + 1, columns: ['first_name'] },
      ]);
    }),
  );
});

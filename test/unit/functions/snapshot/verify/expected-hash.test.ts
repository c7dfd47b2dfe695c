import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { COMMITS, useFourCommits, verified } from '../../../../support/four-commits.ts';
import { sha256 } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** A hash noted elsewhere proves that the store still contains the commit it was noted from. */

const stores = useFourCommits();

describe('an expected hash', () => {
  test('is found if any commit of the chain has it, even in upper case', async () => {
    const { four } = stores();
    for (const number of COMMITS) {
      const hash = sha256(await readFile(join(four, KEYS.commit(number))));
      for (const expected of [hash, hash.toUpperCase()])
        expect(await verified(four, { expect: expected })).toMatchObject({ status: 'sound', code: 0, findings: [] });
    }
  });

  test.each(['a'.repeat(64), '', 'x', '2020'])('that no commit has, %j, is damage', async (expected) => {
    const { four } = stores();
    const verification = await verified(four, { expect: expected });
    expect(verification).toMatchObject({ status: 'damaged', code: 9 });
    expect(verification.findings).toEqual([
      {
        level: 'damaged',
        key: KEYS.commit(4),
        message: 'no commit has the expected hash: the store was rewritten or truncated',
      },
    ]);
  });

  test('reveals that the newest commit was removed with everything it had published', async () => {
    const { four, three } = stores();
    const hash = sha256(await readFile(join(four, KEYS.commit(4))));
    expect((await verified(three)).status).toBe('sound');
    expect((await verified(three, { expect: hash })).status).toBe('damaged');
    const empty = await verified(await newFolder(), { expect: hash });
    expect(empty.findings.map(({ key }) => key)).toEqual([KEYS.commit(1)]);
  });
});

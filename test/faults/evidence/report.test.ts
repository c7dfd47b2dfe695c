import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../../support/command.ts';
import { COMMITS, commitKey, copyOf, dtOf, MISSED, REFUSED, TODAY, useTwentyDays } from '../../support/twenty-days.ts';

/** The text and JSON that the verify command prints about a store. */

const twentyDays = useTwentyDays();

describe('the report of the verify command', () => {
  const run = (place: string, ...words: string[]) => runCommand(['verify', '--store', place, ...words], { cwd: place });
  const linesOf = (out: string) => {
    expect(out.endsWith('\n')).toBe(true);
    return out.slice(0, -1).split('\n');
  };

  test('lists every day, missing and refused ones included, and ends with the line to quote', async () => {
    const { folder, noted } = twentyDays();
    const { code, out, err } = await run(folder);
    const lines = linesOf(out);
    expect([code, err]).toEqual([0, '']);
    expect(lines).toContain(`${dtOf(7)}  sound        11 users, commit 10`);
    expect(lines.filter((line) => /^\d{4}-\d\d-\d\d {2}sound /.test(line))).toHaveLength(20);
    expect(lines.filter((line) => line.startsWith('missing: ')).slice(0, 2)).toEqual(
      MISSED.map((dt) => `missing: ${dt}`),
    );
    expect(lines).toContain(`refused: ${REFUSED}`);
    expect(lines).not.toContain(`missing: ${REFUSED}`);
    expect(lines.at(-1)).toBe(
      `sound: 20 days from ${dtOf(0)} to ${TODAY}, 11 users on ${TODAY}, newest commit ${COMMITS}, sha256 ${noted.at(-1)}`,
    );
  });

  test('checks the store against a hash noted elsewhere and gives the result in the line to quote', async () => {
    const { folder, states, noted } = twentyDays();
    const [good, cut] = [await run(folder, '--expect', noted[3] ?? ''), states[COMMITS - 2] ?? ''];
    expect([good.code, linesOf(good.out).at(-1)?.split(':')[0]]).toEqual([0, 'sound']);
    const { code, out } = await run(cut, '--expect', (noted.at(-1) ?? '').toUpperCase());
    expect(code).toBe(9);
    expect(linesOf(out)).toContain(
      `damaged: ${commitKey(COMMITS - 1)} no commit has the expected hash: the store was rewritten or truncated`,
    );
    expect(linesOf(out).at(-1)).toBe(
      `damaged: 19 days from ${dtOf(0)} to ${dtOf(21)}, 10 users on ${dtOf(21)}, newest commit ${COMMITS - 1}, sha256 ${noted.at(-2)}`,
    );
  });

  test('has the same content as JSON', async () => {
    const { folder, noted } = twentyDays();
    const { out } = await run(folder, '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      status: 'sound',
      refused_days: [REFUSED],
      newest_commit_sha256: noted.at(-1),
    });
    expect(JSON.parse(out).missing_days.slice(0, 3)).toEqual([dtOf(5), REFUSED, dtOf(12)]);
  });

  test('for one day ends with a line about that day', async () => {
    const { folder, noted } = twentyDays();
    const { code, out } = await run(folder, '--dt', dtOf(16));
    expect(code).toBe(0);
    expect(linesOf(out).at(-1)).toBe(
      `sound: 1 day from ${dtOf(16)} to ${dtOf(16)}, 11 users on ${dtOf(16)}, newest commit ${COMMITS}, sha256 ${noted.at(-1)}`,
    );
  });

  test('names a refused day even if there is nothing else to report', async () => {
    const { folder } = twentyDays();
    const { code, out } = await run(folder, '--dt', REFUSED);
    expect(code).toBe(11);
    expect(linesOf(out).slice(-2)).toEqual([
      `refused: ${REFUSED}`,
      `nothing to verify in ${folder}: ${REFUSED} was refused; the nearest are ${dtOf(9)} and ${dtOf(11)}`,
    ]);
  });

  test('gives the number of users as unknown if the newest manifest is damaged', async () => {
    const { folder } = twentyDays();
    const copy = await copyOf(folder);
    await appendFile(join(copy, `manifests/manifest-${TODAY}.json`), ' ');
    const { code, out } = await run(copy);
    expect(code).toBe(9);
    expect(linesOf(out).at(-1)).toContain(`to ${TODAY}, users unknown on ${TODAY}, newest commit ${COMMITS}`);
  });

  test('strips control characters from file names', async () => {
    const { folder } = twentyDays();
    const copy = await copyOf(folder);
    await writeFile(join(copy, 'users/\u001b]0;owned\u0007\u009b31m\nsound'), '');
    const { code, out } = await run(copy);
    expect(code).toBe(9);
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(linesOf(out)).toContain('damaged: users/ ]0;owned  31m sound is untracked: no sound commit names it');
  });
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand, startCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { newFolder } from '../../support/take.ts';

/** No file makes `query` wait, though DuckDB opens files by path, and a signal ends it even during a long call of DuckDB. */

async function sampleStore(): Promise<string> {
  const cwd = await newFolder();
  await runCommand(['--quiet', '--store', 'sample'], { cwd });
  return join(cwd, 'sample');
}

describe('query over a folder with something other than regular files', () => {
  const ODD: readonly (readonly [what: string, make: (path: string) => unknown])[] = [
    ['a named pipe', (path) => execFileSync('mkfifo', [path])],
    ['a link', (path) => symlink('/dev/zero', path)],
  ];
  test.each(ODD)('ends with 7 and names %s, whichever table it belongs to', async (what, make) => {
    const store = await sampleStore();
    for (const key of [
      'users/json/dt=2026-11-24/z.jsonl',
      'users/csv/dt=2026-11-24/z.csv',
      'changes/dt=2026-11-24/z.jsonl',
      'groups/json/dt=2026-11-24/z.jsonl',
      'manifests/z.json',
      'runs/z.json',
    ]) {
      const path = join(store, key);
      await mkdir(join(path, '..'), { recursive: true });
      await make(path);
      const { code, out, err } = await runCommand(['query', 'select count(*) from users', '--store', store], {
        cwd: store,
      });
      expect([code, out, err]).toEqual([7, '', expect.stringMatching(/^StoreError: /)]);
      expect(err).toContain(`${key} is `);
      shown(
        'C18',
        `query over a store with ${what} at ${key}`,
        `exit ${code}, naming it`,
        what === 'a named pipe' ? 'waits forever, and SIGTERM has no effect' : undefined,
      );
      await rm(path);
    }
  });
});

describe('a signal during a query that DuckDB does not interrupt', () => {
  const endless = `select levenshtein(repeat('a', 1000000) || x, repeat('b', 1000000)) from (values ('x')) t (x)`;
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s prints a message and ends the process by the signal, which shells report as %i',
    async (signal, expected) => {
      const store = await sampleStore();
      const { child, ended } = startCommand(['query', endless, '--store', store], { cwd: store });
      await expect.poll(() => processorSeconds(child.pid), { timeout: 120_000 }).toBeGreaterThan(BUSY_SECONDS);
      child.kill(signal);
      const { code, err } = await ended;
      expect([code, child.signalCode]).toEqual([null, signal]);
      expect(err).toBe('InterruptedError: interrupted\n');
      shown(
        'C15',
        `${signal} to a query in one long call of DuckDB`,
        `ends by ${signal} (${expected}) with a message`,
        'only SIGKILL ends it',
      );
    },
  );
});

/** Far more than loading takes, so DuckDB is in the middle of its call. */
const BUSY_SECONDS = 3;
const TICKS_A_SECOND = 100;

/** The processor time that a process has used, according to Linux. */
function processorSeconds(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

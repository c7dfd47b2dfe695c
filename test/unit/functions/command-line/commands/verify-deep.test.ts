import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { expect, onTestFinished, test } from 'vitest';
import { define, run } from '../../../../../functions/command-line/commands/verify.ts';
import { Output } from '../../../../../functions/command-line/output.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import { recompute } from '../../../../../functions/snapshot/verify/deep/recompute.ts';
import { verify as verifyStore } from '../../../../../functions/snapshot/verify/verify.ts';
import { newAccount, rowsPath } from '../../../../support/account-days.ts';
import { doctor } from '../../../../support/doctored.ts';
import { shown } from '../../../../support/fault-table.ts';
import { ada, all, ben } from '../../../../support/four-users.ts';
import { serveS3 } from '../../../../support/s3/double.ts';
import { storeAt } from '../../../../support/s3/place.ts';

/** What `verify --deep` prints, for a folder and for a bucket. */

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-24', '2026-11-25'] as const;

async function verify(place: string, words: readonly string[] = []): Promise<{ code: number; text: string }> {
  const command = define(new Command('verify')).exitOverride();
  command.parse(['--store', place, '--deep', ...words], { from: 'user' });
  const [out, err] = [new PassThrough(), new PassThrough()];
  const printed = new Output(out);
  const { signal: interrupt } = new AbortController();
  const now = () => new Date('2026-11-25T12:00:00Z');
  const code = await run(command, {
    environment: {},
    program: 'npx anodot-user-snapshots',
    interrupt,
    now,
    out: printed,
    err: new Output(err),
  });
  printed.end();
  await finished(printed);
  return { code, text: String(out.read() ?? '') };
}

async function published(store?: Store) {
  const account = await newAccount();
  for (const [i, dt] of DAYS.entries())
    await account.at(`${dt}T02:15:00Z`, i % 2 === 0 ? all : [ada, ben, { ...ben, _id: `new-${i}` }], {
      ...(store && { store }),
    });
  return account;
}

test('verify --deep says how many days it recomputed, which not and why, before its conclusion', async () => {
  const { folder, store } = await published();
  const [first] = await store.list(`raw/dt=${DAYS[0]}`);
  const [second] = await store.list(`raw/dt=${DAYS[1]}`);
  const [fourth] = await store.list(`raw/dt=${DAYS[3]}`);
  for (const key of [first, second, fourth]) await rm(join(folder, key ?? ''));
  const { code, text } = await verify(folder);
  expect(code).toBe(0);
  expect(text.split('\n').slice(DAYS.length, -2)).toEqual([
    'missing: 2026-11-23',
    'recomputed from raw: 2 days',
    'not recomputed: 2026-11-20 to 2026-11-21, 2026-11-24 (the raw response has expired or was removed)',
  ]);
  expect(text).toMatch(/\nsound: 5 days from .*\n$/);
  await rm(rowsPath(folder, '2026-11-21'));
  expect((await verify(folder, ['--removed', '2026-11-21'])).text).toContain(
    '\nchanges not recomputed: 2026-11-22 (the users of the previous snapshot are gone or damaged)\n',
  );
});

test('verify --deep --fail-on-missing ends with 12 if a day could not be recomputed although its users are stored', async () => {
  const { folder, store } = await published();
  const days = ['--dt', DAYS[0] ?? '', '--fail-on-missing'];
  expect((await verify(folder, days)).code).toBe(0);
  const [raw] = await store.list(`raw/dt=${DAYS[0]}`);
  await rm(join(folder, raw ?? ''));
  const { code, text } = await verify(folder, days);
  expect(code).toBe(12);
  expect(text).toMatch(/\nnot recomputed: 2026-11-20 \(the raw response has expired or was removed\)\nincomplete: /);
  expect((await verify(folder, ['--fail-on-missing', '--since', '2026-11-24'])).code).toBe(0);
  for (const kind of ['json', 'csv', 'changes', 'groups'] as const) await rm(join(folder, KEYS[kind](DAYS[0] ?? '')));
  expect((await verify(folder, days)).code).toBe(0);
  shown(
    'C51',
    'all raw responses are deleted, so that nothing can be recomputed',
    `--deep --fail-on-missing: exit ${code}`,
  );
});

test('verify --deep names a day with a doctored row, ends with 9, and says in JSON what it recomputed', async () => {
  const { folder } = await published();
  await doctor(folder, '2026-11-25', { texts: { json: (text) => text.replace('Quist', 'Quest') } });
  const { code, text } = await verify(folder);
  expect(code).toBe(9);
  expect(text).toContain('\n2026-11-25  damaged      4 users, commit 5\n');
  expect(text).toContain(`\ndamaged: ${KEYS.json('2026-11-25')} row 4 doesn't match the raw response: last_name\n`);
  expect(text).not.toContain('Quest');
  const json = JSON.parse((await verify(folder, ['--format', 'json', '--dt', '2026-11-25'])).text);
  expect(json).toMatchObject({
    status: 'damaged',
    recomputed: 1,
    days: [{ dt: '2026-11-25', status: 'damaged', recomputed: 'all', not_recomputed: null }],
  });
});

test('verify --deep recomputes the days of a bucket', async () => {
  const s3 = await serveS3();
  onTestFinished(() => s3.close());
  await published(storeAt(s3, 'team'));
  const verification = await verifyStore(storeAt(s3, 'team'), { today: '2026-11-25', recompute });
  expect(verification).toMatchObject({ status: 'sound', recomputed: 5, findings: [] });
});

test('verify --deep of an empty folder has nothing to recompute', async () => {
  const { folder } = await newAccount();
  const { code, text } = await verify(folder);
  expect(code).toBe(11);
  expect(text).toBe(`nothing to verify in ${folder}: it has no snapshots\n`);
});

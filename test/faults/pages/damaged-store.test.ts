import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { KEYS } from '../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import { runCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { newDouble } from '../../support/s3/bucket-calls.ts';
import { environmentOf, storeAt } from '../../support/s3/place.ts';
import {
  COMMANDS,
  type CommandName,
  contentOf,
  copied,
  dayBefore,
  useSmallReview,
} from '../../support/small-review.ts';

/** Of a damaged store, each command writes what is true or ends in one line that says what to do. A failure changes no file. */

const made = useSmallReview();
const NEWEST = dayBefore(1);
const FIRST = dayBefore(3);

const put = async (folder: string, key: string, text: string | Buffer): Promise<void> => {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), text);
};
const lose =
  (...keys: readonly string[]) =>
  async (folder: string) => {
    for (const key of keys) await rm(join(folder, key), { recursive: true });
  };
const ofVersion99 = (key: string) => async (folder: string) =>
  put(folder, key, JSON.stringify({ ...JSON.parse(await readFile(join(folder, key), 'utf8')), schema_version: 99 }));
const empty = (folder: string) => rm(folder, { recursive: true }).then(() => mkdir(folder));

/** Exit codes of report, review open, review close, export users and export access_review. */
type Codes = readonly [number, number, number, number, number];

test.each<[string, (folder: string) => Promise<unknown>, Codes]>([
  ['nothing', async () => undefined, [0, 0, 13, 0, 0]],
  ['an empty folder', empty, [11, 11, 2, 11, 11]],
  ['a folder that does not exist', (folder) => rm(folder, { recursive: true }), [11, 11, 2, 11, 11]],
  [
    'another product’s folder',
    (folder) => empty(folder).then(() => put(folder, 'manifests/manifest.json', '{"name":"x"}')),
    [11, 11, 2, 11, 11],
  ],
  ['a manifest cut short', (folder) => put(folder, KEYS.manifest(NEWEST), '{"dt":'), [7, 7, 7, 0, 7]],
  ['a manifest that is other JSON', (folder) => put(folder, KEYS.manifest(NEWEST), '[1]'), [7, 7, 7, 0, 7]],
  [
    'a manifest that is not UTF-8',
    (folder) => put(folder, KEYS.manifest(FIRST), Buffer.from([0xff, 0xfe, 0x80, 0])),
    [7, 7, 7, 0, 7],
  ],
  ['the newest manifest lost', lose(KEYS.manifest(NEWEST)), [7, 7, 7, 0, 0]],
  ['the first manifest lost', lose(KEYS.manifest(FIRST)), [7, 7, 7, 0, 0]],
  ['a manifest of a later version', ofVersion99(KEYS.manifest(NEWEST)), [7, 7, 7, 0, 0]],
  ['the newest commit of a later version', ofVersion99(KEYS.commit(3)), [7, 7, 7, 7, 7]],
  ['the newest commit lost', lose(KEYS.commit(3)), [7, 7, 7, 0, 0]],
  ['the newest users damaged', (folder) => put(folder, KEYS.json(NEWEST), 'x'), [7, 7, 7, 7, 7]],
  ['the newest users expired', lose(KEYS.json(NEWEST)), [0, 2, 13, 0, 0]],
  ['all users expired', lose('users'), [0, 2, 13, 0, 0]],
  ['groups expired', lose('groups'), [0, 0, 13, 0, 0]],
  ['the newest feed damaged', (folder) => put(folder, KEYS.changes(NEWEST), '{}\n'), [7, 7, 7, 0, 0]],
  ['all feeds expired', lose('changes'), [0, 0, 13, 0, 0]],
])(
  'a store with %s',
  async (what, damage, codes) => {
    const store = await copied(made().store);
    await damage(store);
    const ended: { [name: string]: number | null } = {};
    for (const name of Object.keys(COMMANDS) as CommandName[]) {
      const cwd = await copied(made().work);
      const before = await contentOf(cwd);
      const { code, out, err } = await runCommand([...COMMANDS[name], '--store', store, '--format', 'json'], { cwd });
      ended[name] = code;
      expect([name, Object.keys(JSON.parse(out)).length > 0, err]).toEqual([
        name,
        true,
        expect.stringMatching(/^(.+\n)?$/),
      ]);
      if (code === 0 || code === 13) continue;
      expect(await contentOf(cwd)).toEqual(before);
      if (code !== 11)
        expect([name, err]).toEqual([
          name,
          expect.stringMatching(/Run verify|Check --store|nearest|No other|Use the version/),
        ]);
    }
    expect(Object.values(ended)).toEqual([...codes]);
    const codesShown = Object.entries(ended).map(([name, code]) => `${name} ${code}`);
    shown('C52', what, codesShown.join(', '));
  },
  120_000,
);

test('report, review open and review close read a bucket with a prefix as they read a folder', async () => {
  const double = await newDouble();
  const [store, local] = [storeAt(double, 'a/b'), new FolderStore(made().store)];
  for (const top of ['commits/', 'runs/', 'manifests/', 'changes/', 'users/', 'groups/'])
    for (const key of await local.list(top)) await store.replace(key, (await local.read(key)) ?? Buffer.alloc(0));
  const cwd = await copied(made().work);
  const environment = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', ...environmentOf(double) };
  const run = (name: CommandName) =>
    runCommand([...COMMANDS[name], '--store', `s3://${double.bucket}/a/b`], { cwd, environment });
  expect(await run('report')).toMatchObject({ code: 0, err: '' });
  expect(await run('review open')).toMatchObject({ code: 0, err: '' });
  const closed = await run('review close');
  expect([closed.code, closed.err, closed.out]).toEqual([
    13,
    '',
    expect.stringContaining(`--store s3://${double.bucket}/a/b`),
  ]);
  shown('C52', 'report, review open and review close of a bucket with a prefix', 'exit 0, 0 and 13');
}, 60_000);

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256Of } from '../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../support/anodot/server.ts';
import { CANARY_TEXT, canaryUser, holdsCanary } from '../../support/canary.ts';
import { type Ended, runCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { copyOf } from '../../support/folder-copy.ts';
import { newFolder, take } from '../../support/take.ts';

/** No output quotes a row or steers the terminal, whatever is damaged and whatever a file is called. */

const DAYS = ['2026-11-20', '2026-11-21'] as const;
const [, DT] = DAYS;
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  for (const [n, dt] of DAYS.entries()) {
    const now = new Date(`${dt}T02:15:00Z`);
    const users = answer([canaryUser(1), canaryUser(n + 2)], 200, { date: now.toUTCString() });
    const server = await serveAnodot({ users });
    await take({ url: server.url, store: new FolderStore(folder), run: { startedAt: now, now: () => now } });
    await server.close();
  }
});

const COMMANDS = [
  ['changes'],
  ['changes', '--format', 'json'],
  ['changes', '--format', 'csv'],
  ['verify'],
  ['verify', '--format', 'json'],
  ['query', 'select count(*) from user_changes, current_users, user_history, snapshot_runs'],
  ['query', 'select count(distinct name) from groups', '--format', 'json'],
];

const runAll = (store: string): Promise<Ended[]> =>
  Promise.all(COMMANDS.map((words) => runCommand([...words, '--store', store], { cwd: store })));

/** Replaces an object and its hash in the manifest, so that only its content is wrong. */
async function withContent(key: string, content: string | Uint8Array): Promise<string> {
  const store = await copyOf(folder);
  const before = await readFile(join(store, key));
  const path = join(store, KEYS.manifest(DT));
  const manifest = await readFile(path, 'utf8');
  await writeFile(join(store, key), content);
  await writeFile(path, manifest.replace(sha256Of(before), sha256Of(Buffer.from(content))));
  return store;
}

/** Occurs only in damaged content. */
const SECRET = 'eve.secret@example.net';
const RECORD = JSON.stringify({ id: SECRET, email: SECRET, dt: SECRET, change: SECRET, name: SECRET });
const DAMAGED = [
  ['not JSON', `${SECRET}\n`],
  ['cut off', `${RECORD.slice(0, 60)}\n`],
  ['without a final line end', RECORD],
  ['of another type', `${RECORD.replace('"id":', '"id":["x"],"roles":')}\n`],
  ['not UTF-8', Buffer.concat([Buffer.from(RECORD), Buffer.from([0xff, 0x0a])])],
] as const;
const KEYS_OF_DAY = [
  ['a change feed', KEYS.changes(DT)],
  ['rows', KEYS.json(DT)],
  ['a group file', KEYS.groups(DT)],
  ['a manifest', KEYS.manifest(DT)],
  ['a commit', KEYS.commit(2)],
] as const;

describe.each(KEYS_OF_DAY)('%s that is damaged', (what, key) => {
  test.each(DAMAGED)('and %s is named by its key or not read, and no command quotes it', async (how, content) => {
    const ended = await runAll(await withContent(key, content));
    for (const { code, out, err } of ended) {
      expect(out + err).not.toContain('secret');
      expect([0, 7, 9, 10], out + err).toContain(code);
      expect(err).not.toMatch(/^ +at /m);
    }
    const codes = ended.map(({ code }) => code).join(', ');
    const before = key === KEYS.changes(DT) ? 'exit 1, and V8 prints the line with its e-mail address' : undefined;
    shown(
      'C20',
      `${what}, ${how}, with its hash adjusted: changes ×3, verify ×2, query ×2`,
      `exit ${codes}; no output quotes it`,
      before,
    );
  });
});

test('a line of a change feed that is not a change is named by key and number', async () => {
  const feed = await readFile(join(folder, KEYS.changes(DT)), 'utf8');
  const first = feed.split('\n')[0] ?? '';
  const odd = JSON.stringify({ ...JSON.parse(first), before: CANARY_TEXT.slice(3) });
  for (const line of [CANARY_TEXT.slice(5), odd]) {
    const store = await withContent(KEYS.changes(DT), `${first}\n${line}\n`);
    const { code, err } = await runCommand(['changes', '--store', store], { cwd: store });
    expect([code, err]).toEqual([7, `StoreError: ${store}: ${KEYS.changes(DT)}: line 2 is not a change. Run verify\n`]);
  }
});

test('a crash shows the frames of its stack, but neither message nor source', async () => {
  const crash = `const parse = JSON.parse;
    JSON.parse = (text, reviver) => {
      if (String(text).includes('user_count')) throw new RangeError(${JSON.stringify(CANARY_TEXT)});
      return parse(text, reviver);
    };`;
  for (const words of COMMANDS.slice(0, 5)) {
    const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(crash)}` };
    const { code, out, err } = await runCommand([...words, '--store', folder], { cwd: folder, environment });
    expect(code, err).toBe(1);
    expect(holdsCanary(out + err)).toBe(false);
    expect(err).toMatch(/^RangeError: a bug in this program\.[^\n]*\n( {4}at [^\n]+\n)+$/);
    if (words.includes('json')) expect(JSON.parse(out)).toMatchObject({ error: { name: 'RangeError', code: 1 } });
    shown(
      'C20',
      `a bug that quotes a row, ${words.join(' ')}`,
      `exit ${code}, frames only`,
      'V8 prints the source line and the message',
    );
  }
});

describe('characters that would steer a terminal', () => {
  const HOSTILE = 'x\u001b[31m\u009b2J\u0085\u2028\u202egnp\u2066\u200f\u007f';
  const STEERING = /[^\P{Cc}\r\n]|[\u2028\u2029]|\p{Bidi_Control}/u;

  test('in file names and values are made harmless in every output, and JSON keeps the values', async () => {
    const store = await copyOf(folder);
    for (const name of [
      `users/json/${HOSTILE}`,
      `changes/dt=${DT}/${HOSTILE}.jsonl`,
      `runs/${HOSTILE}.json`,
      `manifests/${HOSTILE}`,
    ]) {
      await mkdir(dirname(join(store, name)), { recursive: true });
      await writeFile(join(store, name), '{');
    }
    const value = `select '${HOSTILE}' as "${HOSTILE}", ['${HOSTILE}'] as list, {'${HOSTILE}': 1} as struct`;
    const formats = ['text', 'json', 'csv', 'markdown'];
    const all = [
      ...COMMANDS,
      ...formats.map((format) => ['query', value, '--format', format]),
      ['query', `selec '${HOSTILE}'`],
      ['query', `select * from "${HOSTILE}"`, '--format', 'json'],
      ['verify', '--store', `${HOSTILE}`],
      [`--${HOSTILE}`],
      [`${HOSTILE}`],
      ['changes', '--only', HOSTILE],
      ['verify', '--dt', HOSTILE],
    ];
    for (const words of all) {
      const given = words.includes('--store') ? words : [...words, '--store', store];
      const { out, err } = await runCommand(given, { cwd: store });
      expect((out + err).match(STEERING), JSON.stringify([words, out, err])).toBe(null);
    }
    const { out } = await runCommand(['query', value, '--format', 'json', '--store', store], { cwd: store });
    expect(JSON.parse(out)).toEqual([{ [HOSTILE]: HOSTILE, list: [HOSTILE], struct: { [HOSTILE]: 1 } }]);
    const verified = await runCommand(['verify', '--format', 'json', '--store', store], { cwd: store });
    expect(JSON.parse(verified.out).findings.map(({ key }: { key: string }) => key)).toContain(`users/json/${HOSTILE}`);
    shown(
      'C21',
      'names of files under users, changes, runs and manifests, values, columns, options and queries with ESC, C1, bidi, U+2028',
      'no output contains any of them; JSON reads back as the same value',
      'warnings and errors steer the terminal; JSON has U+009B',
    );
  });

  test('are rejected in the name of a store, and not printed', async () => {
    const cwd = await newFolder();
    const store = join(cwd, `store${HOSTILE.replaceAll(/\p{Cc}/gu, '')}`);
    const { out, err, code } = await runCommand(['--store', store], { cwd });
    expect(code).toBe(2);
    expect((out + err).match(STEERING)).toBe(null);
    expect(await readdir(cwd)).toEqual([]);
    shown(
      'C21',
      'snapshot into a folder with bidi controls in its name',
      `exit ${code}, none of them printed`,
      'exit 0',
    );
  });
});

test('a control character of an invalid setting is never printed', async () => {
  const environment = { ANODOT_TOKEN: 'x', ANODOT_URL: `https://\u001b[31m.example`, SNAPSHOT_FORMATS: '\u009b2J' };
  const cwd = await newFolder();
  const { code, out, err } = await runCommand([], { cwd, environment });
  expect(code).toBe(2);
  expect(out + err).not.toMatch(/[^\P{Cc}\n]/u);
});

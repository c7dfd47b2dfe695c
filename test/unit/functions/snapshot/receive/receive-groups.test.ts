import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { type AnodotServer, answer, inTurn, type Reply, serveAnodot } from '../../../../support/anodot/server.ts';
import { runAt } from '../../../../support/clock.ts';
import { newFolder, take } from '../../../../support/take.ts';

const USERS = [{ _id: '5ffc5ca3c4b329000e9d1065', ownerOrganization: '5ffc5ca1c4b329000e9d1063' }];
const CANARY = 'canary-group-name';
const DAY = '2026-11-23';

/** An account that replies to requests for groups like this, and a folder for its snapshots. `at` takes one at a time of the day. */
async function newAccount(groups: Reply) {
  const folder = await newFolder();
  const store = new FolderStore(folder);
  let now = new Date();
  const server: AnodotServer = await serveAnodot({
    users: (...call) => answer(USERS, 200, { date: now.toUTCString() })(...call),
    groups,
  });
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const at = (time: string) => {
    now = new Date(`${DAY}T${time}Z`);
    return take({ url: server.url, store, run: { ...runAt(now), onWarning: (text) => warnings.push(text) } });
  };
  const warnings: string[] = [];
  const asked = (what = 'groups') => server.requests.filter(({ path }) => path === `/api/v2/${what}`).length;
  return { folder, store, at, asked, warnings };
}

const groupsIn = (folder: string) => readFile(join(folder, `groups/json/dt=${DAY}/groups-${DAY}.jsonl`), 'utf8');

/** Takes a snapshot whose groups fail. Users are published, nothing stays staged, and the warning gives the reason without a value. */
async function failure(groups: Reply): Promise<{ warning: string; asked: number }> {
  const { at, folder, store, asked, warnings } = await newAccount(groups);
  const { manifest, document } = await at('02:15:00');
  expect(document).toMatchObject({ status: 'published', code: 0, message: null });
  expect(manifest).toMatchObject({ user_count: USERS.length, groups: 'failed' });
  expect(manifest?.objects.map(({ kind }) => kind)).toEqual(['json', 'csv', 'raw', 'changes']);
  expect(await readdir(folder)).not.toContain('groups');
  expect(await readdir(join(folder, '.staged'))).toEqual([]);
  expect(await verify(store, { today: DAY })).toMatchObject({ status: 'sound', findings: [] });
  const [warning = ''] = warnings;
  expect(warnings).toHaveLength(1);
  expect(warning).toMatch(WARNING);
  expect(`${JSON.stringify(manifest)}${warning}`).not.toContain(CANARY);
  return { warning: warning.replace(WARNING, ''), asked: asked() };
}

const WARNING = /^users are published without group names, because GET \/api\/v2\/groups failed: /;

describe('groups that the token may read', () => {
  test('are published in the order of the response, with times in UTC and null for missing values', async () => {
    const { at, folder, store } = await newAccount(
      answer([
        {
          id: '6107c0ffee',
          name: 'Test Gr1',
          created: '2021-08-02T06:45:17.817Z',
          modified: '2021-08-03T09:00:00+02:00',
        },
        { id: '0107c0ffee', name: '', created: null, ownerOrganization: 'dropped', users: [] },
        { id: '3107c0ffee', name: 'line\nbreak, "quotes" and \u2028', modified: '2021-08-03T07:00:00.1234Z' },
      ]),
    );
    const { manifest } = await at('02:15:00');
    expect(await groupsIn(folder)).toBe(
      '{"id":"6107c0ffee","name":"Test Gr1","created_at":"2021-08-02T06:45:17.817Z","modified_at":"2021-08-03T07:00:00.000Z"}\n' +
        '{"id":"0107c0ffee","name":"","created_at":null,"modified_at":null}\n' +
        '{"id":"3107c0ffee","name":"line\\nbreak, \\"quotes\\" and \u2028","created_at":null,"modified_at":"2021-08-03T07:00:00.123Z"}\n',
    );
    expect(manifest?.groups).toBe('published');
    expect(manifest?.objects.map(({ kind, key }) => [kind, key])).toContainEqual([
      'groups',
      `groups/json/dt=${DAY}/groups-${DAY}.jsonl`,
    ]);
    expect(await verify(store, { today: DAY })).toMatchObject({ status: 'sound', findings: [] });
  });

  test('are an empty object if there are none', async () => {
    const { at, folder } = await newAccount(answer([]));
    const { manifest } = await at('02:15:00');
    expect(await groupsIn(folder)).toBe('');
    expect(manifest?.groups).toBe('published');
  });

  test('may be identified by _id, but id takes precedence', async () => {
    const { at, folder } = await newAccount(
      answer([
        { _id: 'a', name: 'A' },
        { id: 'b', _id: 'c', name: 'B' },
      ]),
    );
    await at('02:15:00');
    expect((await groupsIn(folder)).match(/"id":"."/g)).toEqual(['"id":"a"', '"id":"b"']);
  });

  test('and that are repeated identically are kept once, in their first position', async () => {
    const [a, b] = [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'B' },
    ];
    const { at, folder } = await newAccount(answer([a, b, { name: 'A', _id: 'a' }]));
    await at('02:15:00');
    expect((await groupsIn(folder)).match(/"id":"."/g)).toEqual(['"id":"a"', '"id":"b"']);
  });

  test('have their lone surrogates replaced, which UTF-8 cannot encode', async () => {
    const { at, folder } = await newAccount(answer('[{"id":"a","name":"\\ud800!"}]'));
    await at('02:15:00');
    expect(JSON.parse(await groupsIn(folder)).name).toBe('\ufffd!');
  });

  test('are complete even if there are many', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => ({ id: `${n}`, name: `Group ${n}` }));
    const { at, folder } = await newAccount(answer(many));
    await at('02:15:00');
    const lines = (await groupsIn(folder)).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).name)).toEqual(many.map(({ name }) => name));
  });
});

describe('groups that the token may not read', () => {
  test.each([403])('are omitted without a failure after one response %i', async (status) => {
    const { at, folder, store, asked } = await newAccount(answer({ message: CANARY }, status));
    const { manifest, document } = await at('02:15:00');
    expect(document).toMatchObject({ status: 'published', code: 0, message: null });
    expect(manifest?.groups).toBe('denied');
    expect(manifest?.objects.map(({ kind }) => kind)).toEqual(['json', 'csv', 'raw', 'changes']);
    expect(await readdir(folder)).not.toContain('groups');
    expect(await verify(store, { today: DAY })).toMatchObject({ status: 'sound', findings: [] });
    expect(asked()).toBe(1);
  });

  test('are published on the day after they were denied', async () => {
    const { at } = await newAccount(inTurn(answer('', 403), answer([{ id: 'a', name: 'A' }])));
    expect((await at('02:15:00')).manifest?.groups).toBe('denied');
    expect((await at('10:00:00')).manifest?.groups).toBe('published');
  });

  test('stay from an earlier run of the day, and verify notes it without calling it damage', async () => {
    const { at, folder, store } = await newAccount(inTurn(answer([{ id: 'a', name: 'A' }]), answer('', 403)));
    await at('02:15:00');
    const before = await groupsIn(folder);
    const { manifest } = await at('10:00:00');
    expect(manifest?.groups).toBe('denied');
    expect(manifest?.objects.map(({ kind }) => kind)).not.toContain('groups');
    expect(await groupsIn(folder)).toBe(before);
    const key = `groups/json/dt=${DAY}/groups-${DAY}.jsonl`;
    expect(await verify(store, { today: DAY })).toMatchObject({
      status: 'sound',
      code: 0,
      findings: [{ level: 'note', key, message: "remains from commit 1; the day's newest commit has no such object" }],
    });
  });
});

describe('users are published with a warning, and without groups, if groups', () => {
  test('return 500 until the last attempt', async () => {
    const { warning, asked } = await failure(answer({ message: CANARY }, 500));
    expect(warning).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/api\/v2\/groups returned 500 \(tried 4 times\)/);
    expect(asked).toBe(4);
  });

  test('return 401 although users did not', async () => {
    const { warning, asked } = await failure(answer({ message: CANARY }, 401));
    expect(warning).toContain('groups returned 401');
    expect(asked).toBe(2);
  });

  test('contain a duplicate id with conflicting data', async () => {
    const { warning, asked } = await failure(
      answer([
        { id: CANARY, name: 'A' },
        { id: 'b', name: 'B' },
        { id: CANARY, name: CANARY },
      ]),
    );
    expect(warning).toBe('groups[2].id: duplicate id with conflicting data');
    expect(asked).toBe(1);
  });

  const good = { id: 'a', name: CANARY };
  test.each<[string, unknown, string]>([
    ['have a number as id', { id: 6107, name: CANARY }, 'groups[1].id'],
    ['have an empty id', { id: '', name: CANARY }, 'groups[1].id'],
    ['have null as id', { id: null, name: CANARY }, 'groups[1].id'],
    ['have a number as _id', { _id: 6107, name: CANARY }, 'groups[1]._id'],
    ['have no id', { name: CANARY }, 'groups[1].id'],
    ['have no name', { id: CANARY }, 'groups[1].name'],
    ['have null as name', { id: CANARY, name: null }, 'groups[1].name'],
    ['have a list as name', { id: CANARY, name: [CANARY] }, 'groups[1].name'],
    ['have a number as time', { id: CANARY, name: CANARY, created: 1627886717817 }, 'groups[1].created'],
    ['have an invalid time', { id: CANARY, name: CANARY, modified: CANARY }, 'groups[1].modified'],
    [
      'have a time without a zone',
      { id: CANARY, name: CANARY, created: '2021-08-02T06:45:17.817' },
      'groups[1].created',
    ],
    ['are null', null, 'groups[1]'],
    ['are strings', CANARY, 'groups[1]'],
    ['are lists', [CANARY], 'groups[1]'],
  ])('%s, and the warning names index and field but no value', async (_, group, place) => {
    const { warning } = await failure(answer([good, group]));
    expect(warning.startsWith(place), warning).toBe(true);
  });

  test.each<[string, Reply, string]>([
    ['are an object', answer({ groups: [good] }), 'expected a JSON array of groups, got a JSON object'],
    ['are null', answer('null'), 'expected a JSON array of groups, got something else'],
    [
      'are a login page',
      answer(`<html>${CANARY}</html>`, 200, { 'content-type': 'text/html' }),
      'expected a JSON array of groups, got what looks like HTML',
    ],
    ['are an empty response', answer(''), 'the response is empty; expected a JSON array of groups'],
    ['break off', answer(`[{"id":"a","name":"${CANARY}"},`), 'the response ends before its JSON array does'],
    [
      'are not UTF-8',
      answer(Buffer.concat([Buffer.from(`[{"id":"a","name":"${CANARY}`), Buffer.from([0xff]), Buffer.from('"}]')])),
      'the response is not valid UTF-8',
    ],
    [
      'are nested far deeper than recursion allows',
      answer(`[{"id":"a","name":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`),
      'groups[0].name: is missing, or not of the documented type',
    ],
  ])('%s with status 200', async (_, reply, reason) => {
    expect((await failure(reply)).warning).toBe(reason);
  });
});

test('groups that break off once are requested again, and the users are not', async () => {
  const { at, folder, asked } = await newAccount(
    inTurn(answer('[{"id":"a","name":"A"},'), answer([{ id: 'a', name: 'A' }])),
  );
  const { manifest } = await at('02:15:00');
  expect(manifest?.groups).toBe('published');
  expect([asked('users'), asked('groups')]).toEqual([1, 2]);
  expect(await groupsIn(folder)).toBe('{"id":"a","name":"A","created_at":null,"modified_at":null}\n');
  expect(await readdir(join(folder, '.staged'))).toEqual([]);
});

test('groups that an earlier run of the day published stay if a later run cannot fetch them, and verify notes it', async () => {
  const { at, folder, store } = await newAccount(inTurn(answer([{ id: 'a', name: 'A' }]), answer('{}')));
  await at('02:15:00');
  const before = await groupsIn(folder);
  expect((await at('10:00:00')).manifest?.groups).toBe('failed');
  expect(await groupsIn(folder)).toBe(before);
  expect(await readdir(join(folder, '.staged'))).toEqual([]);
  expect(await verify(store, { today: DAY })).toMatchObject({
    status: 'sound',
    newest_commit: 2,
    findings: [{ level: 'note', message: expect.stringContaining('remains from commit 1') }],
  });
});

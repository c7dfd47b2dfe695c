import { rm } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import {
  isReported,
  isUnderWay,
  RUN_DOCUMENT,
  type RunDocument,
  recordRunning,
} from '../../../../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { CredentialsError, SupersededError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { type AnodotServer, answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { shown } from '../../../../support/fault-table.ts';
import { newFolder, take, takeOutcome } from '../../../../support/take.ts';

const RUN_ID = '20261123T235500Z-api';
const running: RunDocument = {
  run_id: RUN_ID,
  dt: '2026-11-23',
  trigger: 'api',
  started_at: '2026-11-23T23:58:00.000Z',
  expires_at: '2026-11-24T00:13:00.000Z',
  ended_at: null,
  status: 'running',
  code: null,
  message: null,
  raw_key: null,
};

async function newStore(): Promise<FolderStore> {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return new FolderStore(folder);
}

async function newServer(...words: Parameters<typeof serveAnodot>): Promise<AnodotServer> {
  const server = await serveAnodot(...words);
  onTestFinished(() => server.close());
  return server;
}

const stored = async (store: FolderStore): Promise<RunDocument> =>
  RUN_DOCUMENT.parse(JSON.parse(String(await store.read(KEYS.run(RUN_ID)))));

test.each<[string, object | undefined]>([
  ['does not exist', undefined],
  ['says that the API requested the run', { ...running, dt: null, started_at: null, status: 'requested' }],
  ['is of an attempt that was killed', { ...running, dt: '2026-11-22', expires_at: '2026-11-22T00:00:00.000Z' }],
  ['is of an attempt that failed', { ...running, status: 'failed', code: 4 }],
  ['is damaged', { anything: 'else' }],
])('a starting run records that it is running if its document %s', async (_, before) => {
  const store = await newStore();
  if (before) await store.create(KEYS.run(RUN_ID), documentBytes(before));
  await recordRunning(store, running);
  expect(await stored(store)).toEqual(running);
});

test('a redelivered event that was superseded is superseded again, with no request to Anodot and its document unchanged', async () => {
  const store = await newStore();
  const superseded = {
    ...running,
    ended_at: running.expires_at,
    status: 'superseded',
    code: 8,
    message: 'another run',
  };
  await store.create(KEYS.run(RUN_ID), documentBytes(superseded));
  const server = await newServer();
  const again = await takeOutcome({ url: server.url, store, run: { runId: RUN_ID } });
  expect(again).toEqual({ document: superseded, error: new SupersededError('another run') });
  expect(await stored(store)).toEqual(superseded);
  expect(server.requests).toEqual([]);
  expect(await store.list('commits/')).toEqual([]);
});

test('a starting run keeps the document of an attempt that was published', async () => {
  const store = await newStore();
  const published = { ...running, status: 'published', code: 0, commit: 1 };
  await store.create(KEYS.run(RUN_ID), documentBytes(published));
  await recordRunning(store, running);
  expect(await stored(store)).toEqual(published);
});

test('an event redelivered after midnight keeps the date of its commit', async () => {
  const store = await newStore();
  for (const time of ['2026-11-23T23:58:00.000Z', '2026-11-24T00:03:00.000Z']) {
    const startedAt = new Date(time);
    const server = await newServer({ users: answer([{ _id: 'a' }], 200, { date: startedAt.toUTCString() }) });
    const run = { runId: RUN_ID, startedAt, now: () => startedAt };
    const { document, manifest } = await take({ url: server.url, store, run });
    expect(document).toMatchObject({ status: 'published', commit: 1, dt: '2026-11-23' });
    expect(manifest?.dt).toBe('2026-11-23');
    expect(await stored(store)).toEqual(document);
  }
});

test('a failed run reports its document along with the error', async () => {
  const store = await newStore();
  const server = await newServer({ exchange: answer('', 401) });
  const outcome = await takeOutcome({ url: server.url, store, run: { runId: RUN_ID } });
  expect(outcome).toEqual({ document: await stored(store), error: expect.any(CredentialsError) });
  expect(outcome.document).toMatchObject({ status: 'failed', code: 3 });
});

test('while a run is in progress, its document says when it expires, and nothing else about its end', async () => {
  const store = await newStore();
  const startedAt = new Date('2026-11-23T23:55:00.250Z');
  const seen: RunDocument[] = [];
  const server = await newServer({
    users: async (...call) => {
      seen.push(await stored(store));
      answer([{ _id: 'a' }], 200, { date: startedAt.toUTCString() })(...call);
    },
  });
  const deadline = { signal: new AbortController().signal, remaining: () => 290_000 };
  const run = { runId: RUN_ID, trigger: 'api', dt: '2026-11-23', startedAt, now: () => startedAt, deadline } as const;
  const { document, manifest } = await take({ url: server.url, store, run });
  expect(seen).toEqual([
    {
      ...running,
      started_at: '2026-11-23T23:55:00.250Z',
      expires_at: '2026-11-23T23:59:50.250Z',
    },
  ]);
  shown('C43', 'a run has 290 s left', `expires_at is ${seen[0]?.expires_at}, 290 s after its start`);
  const raw = manifest?.objects.find(({ kind }) => kind === 'raw')?.key;
  expect(raw).toMatch(/^raw\/dt=2026-11-23\/20261123T235500Z-api\.[0-9a-f]{8}\.json\.gz$/);
  expect(document).toEqual({
    ...running,
    started_at: '2026-11-23T23:55:00.250Z',
    expires_at: '2026-11-23T23:59:50.250Z',
    ended_at: '2026-11-23T23:55:00.250Z',
    status: 'published',
    code: 0,
    raw_key: raw,
    commit: 1,
    commit_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(await stored(store)).toEqual(document);
  shown('C49', 'a run is published', "its document's raw_key is the key of its raw response");
});

test.each<[string, Partial<RunDocument>, boolean]>([
  ['running, until later', { status: 'running' }, true],
  ['requested, until later', { status: 'requested' }, true],
  ['running, until now', { status: 'running', expires_at: '2026-11-24T00:00:00.000Z' }, false],
  ['running, until earlier', { status: 'running', expires_at: '2026-11-23T23:59:59.999Z' }, false],
  ['failed', { status: 'failed' }, false],
  ['published', { status: 'published' }, false],
])('only an unexpired document is of a run in progress: %s', (_, changes, expected) => {
  expect(isUnderWay({ ...running, ...changes }, new Date('2026-11-24T00:00:00.000Z'))).toBe(expected);
});

test.each<[string, Partial<RunDocument>, boolean]>([
  ['published', {}, true],
  ['another commit', { commit: 2 }, false],
  ['running', { status: 'running' }, false],
  ['why it is incomplete', { message: 'commit 1 is committed, and the next run finishes it' }, false],
  ['a terminal', { trigger: 'local' }, false],
])('a commit is reported if its document says published, and nothing else: %s', (_, changes, expected) => {
  expect(isReported({ ...running, status: 'published', commit: 1, code: 0, ...changes }, 1)).toBe(expected);
});

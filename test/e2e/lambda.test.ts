import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { documentBytes } from '../../functions/snapshot/commits/document.ts';
import type { RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { answer, inTurn, type Reply } from '../support/anodot/server.ts';
import { canaryUser } from '../support/canary.ts';
import { install, publishYesterday, resultOf, runDocument, SERVER, USERS } from './installation.ts';

const SCHEDULE = { trigger: 'schedule', scheduled_at: '2026-11-23T02:15:00Z' };
const today = () => new Date().toISOString().slice(0, 10);
const [fewer, more] = [USERS.slice(0, 2), [...USERS, canaryUser(4)]];
/** Ten thousand users: a response of several megabytes, which arrives in many chunks. */
const MANY = Array.from({ length: 10_000 }, (_, n) => canaryUser(n + 1));

describe(`on ${SERVER.name}, the take-snapshot function in the Lambda runtime`, () => {
  const { newPlaces } = SERVER;

  test('publishes what Anodot returns, and returns the run document with a manifest that matches every object', async () => {
    const { invoke, store } = await install({ anodot: { users: answer(MANY) } }, newPlaces);
    const result = resultOf(await invoke({}));
    const { dt, manifest, run_id: runId } = result;
    expect(result).toMatchObject({ status: 'published', code: 0, trigger: 'manual', commit: 1, message: null });
    expect(runId).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
    expect(manifest).toMatchObject({ dt, commit: 1, user_count: 10_000, run_id: runId, groups: 'published' });
    expect(manifest?.objects.map(({ kind }) => kind).sort()).toEqual(['changes', 'csv', 'groups', 'json', 'raw']);
    for (const { key, bytes, sha256 } of manifest?.objects ?? []) {
      const object = await store.read(key, bytes);
      expect(object?.byteLength).toBe(bytes);
      expect(
        createHash('sha256')
          .update(object ?? '')
          .digest('hex'),
      ).toBe(sha256);
    }
    const { manifest: _manifest, ...document } = result;
    expect(await runDocument(store, runId)).toEqual(document);
    expect((await verify(store, { today: today() })).status).toBe('sound');
  });

  test('replaces the snapshot of the day when it runs again', async () => {
    const { invoke, store } = await install({ anodot: { users: inTurn(answer(USERS), answer(more)) } }, newPlaces);
    const [first, second] = [resultOf(await invoke({})), resultOf(await invoke({}))];
    expect([first.commit, second.commit]).toEqual([1, 2]);
    expect(second.run_id).not.toBe(first.run_id);
    expect(second.manifest).toMatchObject({ user_count: 4, previous_dt: null });
    expect(await store.list('users/json/')).toEqual([KEYS.json(second.dt ?? '')]);
    expect(String(await store.read(KEYS.json(second.dt ?? ''))).split('\n')).toHaveLength(5);
    expect((await verify(store, { today: today() })).status).toBe('sound');
  });

  test('publishes a scheduled event that arrives a day late under the date of its run, and records when it was due', async () => {
    const { invoke, store } = await install({}, newPlaces);
    const due = new Date(Date.now() - 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');
    const result = resultOf(await invoke({ trigger: 'schedule', scheduled_at: due }));
    expect(result.dt).toBe(result.started_at?.slice(0, 10));
    expect(result.dt).not.toBe(due.slice(0, 10));
    expect(result.run_id).toBe(`${due.replaceAll(/[-:]/g, '')}-schedule`);
    expect(result.manifest).toMatchObject({ trigger: 'schedule', scheduled_at: due, dt: result.dt });
    expect(await store.list('manifests/')).toEqual([KEYS.manifest(result.dt ?? '')]);
  });

  test('returns the first result for a redelivered event, even if another run published in between', async () => {
    const replies = inTurn(answer(USERS), answer(more), answer(fewer));
    const { invoke, store, anodot } = await install({ anodot: { users: replies } }, newPlaces);
    const first = resultOf(await invoke(SCHEDULE));
    const again = resultOf(await invoke(SCHEDULE));
    expect(again).toMatchObject({ commit: 1, commit_sha256: first.commit_sha256, run_id: first.run_id });
    expect(again.manifest).toEqual(first.manifest);
    expect(resultOf(await invoke({})).commit).toBe(2);
    const { manifest, ...document } = resultOf(await invoke(SCHEDULE));
    expect(document).toMatchObject({ status: 'published', code: 0, commit: 1, commit_sha256: first.commit_sha256 });
    expect(manifest).toBeUndefined(); // the second run replaced all objects of the day
    expect(await runDocument(store, first.run_id)).toEqual(document);
    expect(await store.list('commits/')).toHaveLength(2);
    expect(anodot.requests.filter(({ path }) => path === '/api/v2/users')).toHaveLength(2);
  });

  test('creates one commit for an event that is delivered twice at the same time', async () => {
    const together = meeting(2);
    const { invoke, store } = await install({ anodot: { users: together }, processes: 2 }, newPlaces);
    const [one, other] = await Promise.all([invoke(SCHEDULE), invoke(SCHEDULE)]).then((both) => both.map(resultOf));
    expect(one).toMatchObject({ status: 'published', commit: 1 });
    expect(other).toMatchObject({ status: 'published', commit: 1, commit_sha256: one?.commit_sha256 });
    expect(other?.manifest).toEqual(one?.manifest);
    expect(await store.list('commits/')).toHaveLength(1);
    expect((await verify(store, { today: today() })).status).toBe('sound');
  });

  test('returns the status superseded instead of throwing if another run publishes first', async () => {
    const together = meeting(2);
    const { invoke, store } = await install({ anodot: { users: together }, processes: 2 }, newPlaces);
    const both = await Promise.all([invoke({}), invoke(SCHEDULE)]).then((answers) => answers.map(resultOf));
    expect(both.map(({ status }) => status).sort()).toEqual(['published', 'superseded']);
    const superseded = both.find(({ status }) => status === 'superseded');
    expect(superseded).toMatchObject({ code: 8, message: expect.stringContaining('another run published') });
    expect(superseded).not.toHaveProperty('manifest');
    expect(await runDocument(store, superseded?.run_id ?? '')).toEqual(superseded);
    expect(await store.list('commits/')).toHaveLength(1);
  });

  test('continues the run document of a run that the API requested, or that was killed', async () => {
    const during: RunDocument[] = [];
    const users: Reply = async (response, n, request) => {
      during.push(await runDocument(store, `20261123T02${n === 1 ? '15' : '20'}00Z-api`));
      answer(USERS)(response, n, request);
    };
    const { invoke, store } = await install({ anodot: { users } }, newPlaces);
    const requested = {
      run_id: '20261123T021500Z-api',
      dt: null,
      trigger: 'api',
      started_at: null,
      expires_at: '2026-11-23T02:16:00.000Z',
      ended_at: null,
      status: 'requested',
      code: null,
      message: null,
      raw_key: null,
    };
    await store.create(KEYS.run(requested.run_id), documentBytes(requested));
    const first = resultOf(await invoke({ trigger: 'api', run_id: requested.run_id }));
    expect(first).toMatchObject({ run_id: requested.run_id, status: 'published', trigger: 'api', commit: 1 });
    expect(first.dt).toBe(first.started_at?.slice(0, 10));
    expect((await runDocument(store, requested.run_id)).status).toBe('published');

    const killed = { ...requested, run_id: '20261123T022000Z-api', dt: '2026-11-23', status: 'running' };
    const killedAt = { ...killed, started_at: '2026-11-23T02:15:01.000Z' };
    await store.create(KEYS.run(killed.run_id), documentBytes(killedAt));
    const second = resultOf(await invoke({ trigger: 'api', run_id: killed.run_id }));
    expect(second).toMatchObject({ status: 'published', commit: 2 });
    const { manifest: _manifest, ...document } = second;
    expect(await runDocument(store, killed.run_id)).toEqual(document);
    expect(during).toMatchObject([
      { status: 'running', dt: first.dt, started_at: first.started_at, ended_at: null },
      { status: 'running', dt: second.dt, started_at: second.started_at, ended_at: null },
    ]);
  });

  test('throws and keeps the raw response if the gate refuses the snapshot, and publishes it when forced', async () => {
    const { invoke, store } = await install({ anodot: { users: answer([canaryUser(9)]) } }, newPlaces);
    await publishYesterday(store, MANY.slice(0, 10));
    const { error } = await invoke(SCHEDULE);
    expect(error?.errorType).toBe('RefusedSnapshotError');
    expect(error?.errorMessage).toContain('users dropped from 10');
    const document = await runDocument(store, '20261123T021500Z-schedule');
    expect(document).toMatchObject({ status: 'refused', code: 6, message: error?.errorMessage });
    expect(await store.read(document.raw_key ?? '')).toBeDefined();
    expect(await store.list('commits/')).toHaveLength(1);
    const forced = resultOf(await invoke({ ...SCHEDULE, force: true }));
    expect(forced).toMatchObject({ status: 'published', commit: 2, run_id: document.run_id });
  });

  test("passes every check with its role's permissions, and leaves nothing behind", async () => {
    const { invoke, store } = await install({}, newPlaces);
    const { result } = await invoke({ check: true });
    expect(result).toMatchObject({ ok: true });
    expect(result).toHaveProperty(
      'checks',
      ['settings', 'secret', 'exchange', 'users', 'groups', 'store'].map((name) =>
        expect.objectContaining({ name, ok: true, code: null }),
      ),
    );
    for (const folder of ['runs/', 'commits/', 'users/', 'raw/', '.staged/'])
      expect(await store.list(folder)).toEqual([]);
  });
});

/** Responds to no request until `count` of them have arrived. */
function meeting(count: number): Reply {
  const waiting: (() => void)[] = [];
  return (response, n, request) => {
    waiting.push(() => answer(USERS)(response, n, request));
    if (waiting.length === count) for (const go of waiting) go();
  };
}

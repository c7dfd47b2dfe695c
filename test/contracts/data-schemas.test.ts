import { rm } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startRun } from '../../functions/request-snapshot/start-run.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { COMMITS_FOLDER, FOLDERS } from '../../functions/snapshot/contract.ts';
import { BucketStore } from '../../functions/snapshot/store/bucket/bucket-store.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { verifyStore } from '../../functions/take-snapshot/verify-store.ts';
import { DOCUMENT_NAMES, type DocumentName, jsonSchemaOf, STORED_NAMES } from '../schemas/json-schemas.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { idOf, newStore } from '../support/run-documents.ts';
import { dyingInFinish, Killed } from '../support/store-doubles.ts';
import { deadlineIn, newFolder, takeOutcome } from '../support/take.ts';
import { ACCOUNTS } from './odd-accounts.ts';

/** Strict, except about what zod writes: unions of types, required keys of a map, and formats, which the patterns repeat. */
const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  validateFormats: false,
  allErrors: true,
});
const compiled = (exact: boolean) =>
  new Map(DOCUMENT_NAMES.map((name) => [name, ajv.compile(jsonSchemaOf(name, { exact }))] as const));
const PUBLISHED = compiled(false);
const EXACT = compiled(true);

const GROUPS = [{ id: 'g1', name: 'Operations', created: '2026-01-02T03:04:05.678Z', modified: null }];

interface RunOptions {
  readonly at: string;
  readonly users: unknown;
  readonly status?: number;
  readonly on?: Store;
  readonly startedAt?: string;
  readonly isLocal?: boolean;
}

/** One run of a store at a moment; what it ends with is left to its run document. */
async function runIn(store: Store, { at, users, status = 200, on = store, startedAt = at, isLocal }: RunOptions) {
  const [now, start] = [new Date(at), new Date(startedAt)];
  const date = { date: now.toUTCString() };
  const server = await serveAnodot({ users: answer(users, status, date), groups: answer(GROUPS, 200, date) });
  const run = {
    startedAt: start,
    dt: startedAt.slice(0, 10),
    force: true, // each account is another organization's; no users are refused all the same
    now: () => now,
    trigger: isLocal ? ('local' as const) : ('manual' as const),
    othersHaveAlarms: isLocal === true,
    onPublished: isLocal ? undefined : () => undefined,
  };
  try {
    await takeOutcome({ url: server.url, store: on, run });
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    await server.close();
  }
}

/** Publishes every odd account, and lets runs end in each of the ways that there are. */
async function publishEverything(store: Store): Promise<void> {
  for (const [i, [first, second]] of Object.values(ACCOUNTS).entries()) {
    const users = [first, second].map((text) => text.toString());
    await runIn(store, { at: `2026-10-${10 + 2 * i}T02:15:00.000Z`, users: users[0] });
    await runIn(store, { at: `2026-10-${11 + 2 * i}T02:15:00.000Z`, users: users[1] });
  }
  const [before, after] = (ACCOUNTS['absent values and everything changing'] ?? ['', '']).map(String);
  await runIn(store, { at: '2026-11-01T02:15:00.000Z', users: before });
  await runIn(store, { at: '2026-11-02T02:15:00.000Z', users: after, isLocal: true });
  await runIn(store, { at: '2026-11-02T03:15:00.000Z', users: before, isLocal: true });
  await runIn(store, { at: '2026-11-03T02:15:00.000Z', users: [] });
  await runIn(store, { at: '2026-11-03T03:15:00.000Z', users: '', status: 403 });
  await runIn(store, { at: '2026-11-03T03:15:00.000Z', users: before, startedAt: '2026-11-01T05:15:00.000Z' });
  const dying = dyingInFinish(store, 0);
  await runIn(store, { at: '2026-11-04T02:15:00.000Z', users: before, on: dying });
}

/** A verification by the function, a second after the one before. */
async function verifyIn(store: Store, stop: AbortSignal): Promise<void> {
  const now = () => new Date(stop.aborted ? '2026-11-06T05:00:01Z' : '2026-11-06T05:00:00Z');
  const silent = () => undefined;
  const deadline = deadlineIn(60_000);
  const parts = { keptDays: undefined, instance: 'emea', onWarning: silent, onVerified: silent };
  await verifyStore({ ...parts, store, stop, deadline, now });
}

async function documentsIn(store: Store): Promise<(readonly [key: string, text: string])[]> {
  const documents: (readonly [string, string])[] = [];
  for (const folder of [...Object.values(FOLDERS), COMMITS_FOLDER])
    for (const key of await store.list(folder)) documents.push([key, String(await store.read(key))]);
  return documents.flatMap(([key, text]) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => [key, line] as const),
  );
}

const NAMES: readonly (readonly [beginning: string, name: DocumentName])[] = [
  ['users/json/', 'user'],
  ['groups/json/', 'group'],
  ['changes/', 'change'],
  ['manifests/', 'manifest'],
  ['runs/.', 'manifest'],
  ['runs/', 'run'],
  ['commits/', 'commit'],
  ['verifications/', 'verification'],
];
const nameOf = (key: string): DocumentName | undefined => NAMES.find(([beginning]) => key.startsWith(beginning))?.[1];

const STORES: { readonly [kind: string]: () => Promise<Store> } = {
  folder: async () => {
    const folder = await newFolder();
    onTestFinished(() => rm(folder, { recursive: true }));
    return new FolderStore(folder);
  },
  bucket: async () => (await newStore()).store,
};

describe.each(Object.entries(STORES))('in a %s', (_, open) => {
  test('every row and document that runs leave behind, however they end, matches its JSON Schema exactly', async () => {
    const store = await open();
    await publishEverything(store);
    if (store instanceof BucketStore)
      await startRun(
        store,
        idOf('20261105T021500Z-api'),
        async () => undefined,
        () => new Date('2026-11-05T02:16:00Z'),
      );

    for (const stop of [new AbortController().signal, AbortSignal.abort()]) await verifyIn(store, stop);

    const seen = new Map<DocumentName, unknown[]>(STORED_NAMES.map((name) => [name, []]));
    for (const [key, text] of await documentsIn(store)) {
      const name = nameOf(key);
      if (!name) continue; // CSV and raw responses
      const document: unknown = JSON.parse(text);
      for (const validators of [PUBLISHED, EXACT]) {
        const validate = validators.get(name);
        expect(validate?.(document), `${key}: ${ajv.errorsText(validate?.errors)}\n${text}`).toBe(true);
      }
      seen.get(name)?.push(document);
    }
    for (const [name, documents] of seen) expect(documents.length, name).toBeGreaterThan(1);
    const statuses = new Set(seen.get('run')?.map((run) => RUN_DOCUMENT.parse(run).status));
    const requested = store instanceof BucketStore ? ['requested'] : [];
    expect(statuses).toEqual(new Set(['published', 'refused', 'failed', 'superseded', 'running', ...requested]));
  });
});

test.each([
  ['user', { id: 'a' }],
  ['group', { id: 'a', name: null, created_at: null, modified_at: null }],
  ['change', { change: 'renamed' }],
  ['manifest', { schema_version: 2 }],
  ['commit', { commit: 0 }],
  ['run', { status: 'done' }],
  ['verification', { status: 'fine' }],
  ['review', { rows: {} }],
  ['outcome', { rows: {} }],
] as const)('the JSON Schema "%s" refuses a document of another shape', (name, document) => {
  expect(PUBLISHED.get(name)?.(document)).toBe(false);
});

test('the published JSON Schemas accept a field that a later version adds', () => {
  const group = { id: 'a', name: 'A', created_at: null, modified_at: null, owner: 'b' };
  expect([PUBLISHED.get('group')?.(group), EXACT.get('group')?.(group)]).toEqual([true, false]);
});

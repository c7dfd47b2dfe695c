import type { ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { timeless } from './anodot/numbered-responses.ts';
import { type AnodotServer, serveAnodot } from './anodot/server.ts';
import { dtOf, noon, runAt } from './clock.ts';
import { commitsOf, hashesOf } from './stored-commits.ts';
import { take } from './take.ts';

export const USERS = 24;

/** A bearer by which the server recognizes the runs in a folder. */
export const bearerOf = (folder: string): string => `a.${Buffer.from(folder).toString('hex')}.c`;

/** Puts a response's number into each user's name, and sends user by user. `onSent` is called for each, with the run's bearer. */
export async function serveAccount(onSent: (bearer: string) => void = () => undefined): Promise<AnodotServer> {
  const send = (response: ServerResponse, n: number, i: number, bearer: string): void => {
    if (i === USERS) {
      response.end(']');
      return;
    }
    const user = { _id: `user-${i}`, firstName: `answer ${n}`, ownerOrganization: 'org', groups: ['g1'] };
    response.write(`${i === 0 ? '[' : ','}${JSON.stringify(user)}`, () => {
      onSent(bearer);
      setImmediate(send, response, n, i + 1, bearer);
    });
  };
  return serveAnodot({
    users: (response, n, { headers }) => {
      response.sendDate = false; // these tests stop the clock
      send(response, n, 0, headers.authorization?.slice('Bearer '.length) ?? '');
    },
    groups: (response, n, request) => {
      timeless([{ _id: 'g1', name: `answer ${n}` }])(response, n, request);
    },
  });
}

export const runOn = (store: Store, day: number, url: string) => take({ url, store, run: runAt(noon(day)) });

export const statusOn = async (store: Store, day: number): Promise<string> =>
  (await verify(store, { today: dtOf(day) })).status;

/**
 * Checks what holds at every moment, whichever runs died. Every published object has the bytes that a commit names, either the one
 * whose manifest is in place or a later one. `raw` and run documents are complete. A later commit has a later response.
 */
export async function expectIntact(store: Store, day: number): Promise<void> {
  const commits = await commitsOf(store);
  const found = await hashesOf(store);
  for (const [key, sha256] of found) {
    const makers = commits.filter(({ objects }) => objects.some((o) => o.key === key && o.sha256 === sha256));
    expect(makers, `${key} has the bytes of no commit`).not.toEqual([]);
    const dt = /\d{4}-\d\d-\d\d/.exec(key)?.[0] ?? '';
    const manifest = found.get(KEYS.manifest(dt));
    const complete = commits.find(({ objects }) =>
      objects.some(({ kind, sha256: s }) => kind === 'manifest' && s === manifest),
    );
    if (complete?.objects.some((object) => object.key === key)) {
      const newest = Math.max(...makers.map(({ commit }) => commit));
      expect(newest, `${key} is older than the manifest of its day`).toBeGreaterThanOrEqual(complete.commit);
    }
  }
  for (const key of await store.list('runs/'))
    expect(RUN_DOCUMENT.safeParse(jsonOf((await store.read(key)) ?? Buffer.alloc(0))).success, key).toBe(true);
  const numbers = new Map<string, number>();
  for (const key of await store.list('raw/')) {
    const users = JSON.parse(String(gunzipSync((await store.read(key, Infinity)) ?? Buffer.alloc(0))));
    expect(users).toHaveLength(USERS);
    numbers.set(key, Number(users[0].firstName.slice('answer '.length)));
  }
  const answers = commits.map(({ objects }) => numbers.get(objects.find(({ kind }) => kind === 'raw')?.key ?? ''));
  expect(answers).toEqual(answers.toSorted((a = 0, b = 0) => a - b));
  expect(['sound', 'interrupted', 'nothing']).toContain(await statusOn(store, day));
}

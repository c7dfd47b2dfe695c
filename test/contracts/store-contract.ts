import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { KEYS, MOST_BYTES, PUBLISHED_FOLDERS } from '../../functions/snapshot/contract.ts';
import type { Store, StoredObject } from '../../functions/snapshot/store/store.ts';
import { DAY_MILLISECONDS } from '../../functions/snapshot/utc-day.ts';
import { shown } from '../support/fault-table.ts';
import { newExecution } from '../support/take.ts';

const DT = '2020-02-29';
const ALL_FOLDERS = [...PUBLISHED_FOLDERS, 'commits/', 'runs/', 'raw/'];
const EVERY_BYTE = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function stage(store: Store, key: string, writes: readonly Uint8Array[], execution = newExecution()) {
  const staging = await store.stage(key, execution);
  for (const bytes of writes) await staging.write(bytes);
  const object: StoredObject = { kind: 'json', key, ...(await staging.close()) };
  return { object, execution };
}

async function readAll(chunks: AsyncIterable<Uint8Array> | undefined): Promise<Buffer | undefined> {
  if (!chunks) return undefined;
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk)); // a chunk is only valid until the next is requested
  return Buffer.concat(parts);
}

const keysOf = async (store: Store): Promise<string[]> =>
  (await Promise.all(ALL_FOLDERS.map((folder) => store.list(folder)))).flat();

/** The ways in which stores may differ. */
export interface StoreTraits {
  /** What promoting an object again returns. Either value is accepted if the server isn't known. */
  readonly again?: 'gone' | 'placed' | 'either';
  /** False if something other than the store removes stale objects. */
  readonly removesStale?: boolean;
}

/**
 * Tests what every store promises.
 * @param makeStore creates an empty store and returns a function that opens it, each time as another process would
 */
export function describeStore(
  name: string,
  makeStore: () => Promise<() => Store>,
  { again = 'gone', removesStale = true }: StoreTraits = {},
): void {
  const key = KEYS.json(DT);
  const promotedAgain = again === 'either' ? ['gone', 'placed'] : [again];

  describe(`${name}, for documents:`, () => {
    test('create never replaces an existing object', async () => {
      const open = await makeStore();
      expect(await open().create('commits/00000001.json', Buffer.from('first'))).toBe('created');
      expect(await open().create('commits/00000001.json', Buffer.from('second'))).toBe('exists');
      expect(String(await open().read('commits/00000001.json'))).toBe('first');
    });

    test('proveCreateOnly proves that create never replaces an object, and changes nothing', async () => {
      const open = await makeStore();
      await open().create('runs/a.json', EVERY_BYTE);
      await open().proveCreateOnly('runs/a.json');
      expect(await open().read('runs/a.json')).toEqual(EVERY_BYTE);
      expect(await keysOf(open())).toEqual(['runs/a.json']);
    });

    test.each([
      ['one client', (open: () => Store) => [open()]],
      ['twelve clients', (open: () => Store) => Array.from({ length: 12 }, open)],
    ])('of twelve concurrent creates by %s, one wins and its bytes remain', async (_, openAll) => {
      const open = await makeStore();
      const stores = openAll(open);
      for (let number = 1; number <= 10; number++) {
        const results = await Promise.all(
          Array.from({ length: 12 }, (_, i) =>
            stores[i % stores.length]?.create(KEYS.commit(number), Buffer.from(`creation ${i}`)),
          ),
        );
        expect(results.filter((result) => result === 'created')).toHaveLength(1);
        expect(results.filter((result) => result === 'exists')).toHaveLength(11);
        expect(String(await open().read(KEYS.commit(number)))).toBe(`creation ${results.indexOf('created')}`);
      }
      expect(await open().list('commits/')).toHaveLength(10);
    });

    test('twelve concurrent replaces leave the complete bytes of one of them', async () => {
      const open = await makeStore();
      const store = open();
      const contents = Array.from({ length: 12 }, () => randomBytes(10_000));
      await Promise.all(contents.map((bytes) => store.replace('runs/a.json', bytes)));
      const stayed = await store.read('runs/a.json');
      expect(contents.some((bytes) => stayed?.equals(bytes))).toBe(true);
    });

    test('replace creates an absent object and overwrites an existing one', async () => {
      const open = await makeStore();
      await open().replace('runs/a.json', Buffer.from('one'));
      expect(String(await open().read('runs/a.json'))).toBe('one');
      await open().replace('runs/a.json', Buffer.from('two'));
      expect(String(await open().read('runs/a.json'))).toBe('two');
      expect(await open().create('runs/a.json', Buffer.from('three'))).toBe('exists');
      expect(String(await open().read('runs/a.json'))).toBe('two');
    });

    test('every byte value is stored unchanged, and an empty document counts as existing', async () => {
      const open = await makeStore();
      await open().create('runs/bytes.json', EVERY_BYTE);
      await open().create('runs/empty.json', Buffer.alloc(0));
      expect(await open().read('runs/bytes.json')).toEqual(EVERY_BYTE);
      expect(await readAll(await open().open('runs/bytes.json'))).toEqual(EVERY_BYTE);
      expect(await open().read('runs/empty.json')).toEqual(Buffer.alloc(0));
      expect(await open().create('runs/empty.json', Buffer.from('x'))).toBe('exists');
    });

    test('read stops after one byte more than is asked for', async () => {
      const open = await makeStore();
      await open().create('runs/bytes.json', EVERY_BYTE);
      for (const most of [0, 1, 254, 255, 256, 257, Infinity])
        expect(await open().read('runs/bytes.json', most)).toEqual(EVERY_BYTE.subarray(0, most + 1));
      await open().replace('runs/large.json', Buffer.alloc(3 << 20));
      expect(await open().read('runs/large.json')).toHaveLength(MOST_BYTES.document + 1);
      expect(await open().read('runs/large.json', MOST_BYTES.commit)).toHaveLength(3 << 20);
    });

    test('read and open return undefined for an absent object', async () => {
      const open = await makeStore();
      expect(await open().read('commits/00000001.json')).toBeUndefined();
      expect(await open().open('users/json/none.jsonl')).toBeUndefined();
      await open().create('commits/00000002.json', Buffer.from('x'));
      expect(await open().read('commits/00000001.json')).toBeUndefined();
      expect(await open().open('commits/00000003.json')).toBeUndefined();
    });
  });

  describe(`${name}, for lists:`, () => {
    test('the list of an empty store is empty', async () => {
      const open = await makeStore();
      expect(await keysOf(open())).toEqual([]);
    });

    test('a list has exactly the keys under a folder, at any depth, in code unit order', async () => {
      const open = await makeStore();
      const store = open();
      const inside = [
        'users/b.json',
        'users/a/c.json',
        'users/a-b.json',
        'users/a.json',
        'users/a/b/d.json',
        'users/B',
      ];
      const outside = ['users-old/a.json', 'user', 'runs/users.json', 'raw/users/a.json'];
      for (const other of [...inside, ...outside]) await store.replace(other, Buffer.from('x'));
      expect(await open().list('users/')).toEqual(inside.toSorted());
      expect(await open().list('users/a/')).toEqual(['users/a/b/d.json', 'users/a/c.json']);
      expect(await open().list('users/none/')).toEqual([]);
    });

    test('a list of more than 1,000 keys is complete', async () => {
      const open = await makeStore();
      const store = open();
      const keys = Array.from({ length: 1234 }, (_, i) => KEYS.commit(i + 1));
      const bytes = Buffer.from('x');
      for (let i = 0; i < keys.length; i += 50)
        await Promise.all(keys.slice(i, i + 50).map((created) => store.create(created, bytes)));
      expect(await open().list('commits/')).toEqual(keys);
      shown('F37b', `listing a store with ${keys.length} commits`, 'every page is read');
    });
  });

  describe(`${name}, for staged objects:`, () => {
    test('a staged object is neither listed nor readable, both while it is written and after it is closed', async () => {
      const open = await makeStore();
      const expectUnseen = async () => {
        expect(await keysOf(open())).toEqual([]);
        expect(await open().read(key)).toBeUndefined();
        expect(await open().open(key)).toBeUndefined();
      };
      const execution = newExecution();
      const staging = await open().stage(key, execution);
      await expectUnseen();
      await staging.write(randomBytes(100_000));
      await expectUnseen();
      const object: StoredObject = { kind: 'json', key, ...(await staging.close()) };
      await expectUnseen();
      expect(await open().isStaged(object)).toBe(true);
      expect(await open().isInPlace(object, execution)).toBe(false);
    });

    test('staging an object under a published key leaves the published object unchanged', async () => {
      const open = await makeStore();
      await open().replace(key, Buffer.from('published'));
      const { object, execution } = await stage(open(), key, [Buffer.from('staged')]);
      expect(String(await open().read(key))).toBe('published');
      expect(await open().isInPlace(object, execution)).toBe(false);
    });

    test('any client can promote a staged object once, and then it is no longer staged', async () => {
      const open = await makeStore();
      const { object, execution } = await stage(open(), key, [Buffer.from('one'), Buffer.from('two')]);
      expect(await open().putInPlace(object)).toBe('placed');
      expect(String(await open().read(key))).toBe('onetwo');
      expect(await open().isInPlace(object, execution)).toBe(true);
      expect(await open().isStaged(object)).toBe(false);
      expect(promotedAgain).toContain(await open().putInPlace(object));
      expect(promotedAgain).toContain(await open().putInPlace(object));
      expect(String(await open().read(key))).toBe('onetwo');
      expect(await open().list('users/')).toEqual([key]);
    });

    test('a replaced object never comes back, however late its promotion is retried', async () => {
      const open = await makeStore();
      const first = await stage(open(), key, [Buffer.from('first')]);
      const second = await stage(open(), key, [Buffer.from('second')]);
      expect(await open().putInPlace(first.object)).toBe('placed');
      expect(await open().putInPlace(second.object)).toBe('placed');
      expect(promotedAgain).toContain(await open().putInPlace(first.object));
      expect(String(await open().read(key))).toBe('second');
      expect(await open().isInPlace(first.object, first.execution)).toBe(false);
      expect(await open().isInPlace(second.object, second.execution)).toBe(true);
    });

    test('if twelve clients promote one object concurrently, it is complete and none of them fails', async () => {
      const open = await makeStore();
      const bytes = randomBytes(50_000);
      const { object, execution } = await stage(open(), key, [bytes]);
      const results = await Promise.all(Array.from({ length: 12 }, () => open().putInPlace(object)));
      expect(results).toContain('placed');
      expect(await open().read(key)).toEqual(bytes);
      expect(await open().isInPlace(object, execution)).toBe(true);
      expect(promotedAgain).toContain(await open().putInPlace(object));
    });

    test('two attempts that stage the same key do not mix', async () => {
      const open = await makeStore();
      const [a, b] = [await open().stage(key, newExecution()), await open().stage(key, newExecution())];
      await a.write(Buffer.from('a1'));
      await b.write(Buffer.from('b1'));
      await a.write(Buffer.from('a2'));
      await b.write(Buffer.from('b2'));
      const staged = { kind: 'json' as const, key };
      const first = { ...staged, ...(await a.close()) };
      await open().putInPlace({ ...staged, ...(await b.close()) });
      expect(String(await open().read(key))).toBe('b1b2');
      await open().putInPlace(first);
      expect(String(await open().read(key))).toBe('a1a2');
    });

    test('the objects of one attempt can be staged concurrently', async () => {
      const open = await makeStore();
      const execution = newExecution();
      const keys = [KEYS.json(DT), KEYS.csv(DT), KEYS.changes(DT), KEYS.groups(DT), KEYS.manifest(DT)];
      keys.push(KEYS.raw(DT, 'run', execution));
      const stagings = await Promise.all(keys.map((staged) => open().stage(staged, execution)));
      await Promise.all(stagings.map((staging, i) => staging.write(Buffer.from(`object ${i}`))));
      for (const [i, staging] of stagings.entries())
        await open().putInPlace({ kind: 'json', key: keys[i] ?? '', ...(await staging.close()) });
      for (const [i, staged] of keys.entries()) expect(String(await open().read(staged))).toBe(`object ${i}`);
    });

    test.each([
      ['without a write', []],
      ['with empty writes', [Buffer.alloc(0), Buffer.alloc(0)]],
    ])('a staged object can be empty, %s', async (_, writes) => {
      const open = await makeStore();
      const { object, execution } = await stage(open(), KEYS.changes(DT), writes);
      expect(object).toMatchObject({ bytes: 0, sha256: sha256(Buffer.alloc(0)) });
      expect(await open().isStaged(object)).toBe(true);
      expect(await open().putInPlace(object)).toBe('placed');
      expect(await open().read(object.key)).toEqual(Buffer.alloc(0));
      expect(await readAll(await open().open(object.key))).toEqual(Buffer.alloc(0));
      expect(await open().isInPlace(object, execution)).toBe(true);
      expect(promotedAgain).toContain(await open().putInPlace(object));
    });

    test('a large object gets the size and hash of its bytes, even if the caller reuses its buffer after each write', async () => {
      const open = await makeStore();
      const expected = createHash('sha256');
      const reused = Buffer.alloc(3_000_000);
      const staging = await open().stage(key, newExecution());
      let size = 0;
      for (const length of [1, 3_000_000, 0, 7, 65_536, 2_999_999, 1, 1_048_576, 5, 3_000_000, 2_000_000, 13]) {
        const bytes = reused.subarray(0, length);
        bytes.set(randomBytes(length));
        expected.update(bytes);
        size += length;
        await staging.write(bytes);
      }
      const object: StoredObject = { kind: 'json', key, ...(await staging.close()) };
      expect(object).toMatchObject({ bytes: size, sha256: expected.digest('hex') });
      await open().putInPlace(object);
      const bytes = await readAll(await open().open(key));
      expect(bytes?.byteLength).toBe(size);
      expect(sha256(bytes ?? Buffer.alloc(0))).toBe(object.sha256);
    });
  });

  describe(`${name}, for dropped and stale objects:`, () => {
    test('a dropped object is neither staged nor published and cannot be promoted, and dropping it again is no error', async () => {
      const open = await makeStore();
      const { object, execution } = await stage(open(), key, [Buffer.from('x')]);
      await open().drop(object);
      await open().drop(object);
      expect(await open().isStaged(object)).toBe(false);
      expect(await open().putInPlace(object)).toBe('gone');
      expect(await open().isInPlace(object, execution)).toBe(false);
      expect(await keysOf(open())).toEqual([]);
    });

    test('dropping an object that was promoted leaves it published', async () => {
      const open = await makeStore();
      const { object, execution } = await stage(open(), key, [Buffer.from('x')]);
      await open().putInPlace(object);
      await open().drop(object);
      expect(await open().isInPlace(object, execution)).toBe(true);
    });

    test('dropping one object of an attempt leaves the others staged', async () => {
      const open = await makeStore();
      const execution = newExecution();
      const [json, csv] = [
        await stage(open(), KEYS.json(DT), [Buffer.from('json')], execution),
        await stage(open(), KEYS.csv(DT), [Buffer.from('csv')], execution),
      ];
      await open().drop(json.object);
      expect(await open().putInPlace(csv.object)).toBe('placed');
      expect(String(await open().read(KEYS.csv(DT)))).toBe('csv');
    });

    test('a staged object can be dropped before, during and after it is written', async () => {
      const open = await makeStore();
      const untouched = await open().stage(KEYS.json(DT), newExecution());
      await untouched.drop();
      const written = await open().stage(KEYS.csv(DT), newExecution());
      await written.write(Buffer.from('x'));
      await written.drop();
      const closed = await open().stage(KEYS.groups(DT), newExecution());
      const object: StoredObject = { kind: 'groups', key: KEYS.groups(DT), ...(await closed.close()) };
      await closed.drop();
      await closed.drop();
      expect(await open().isStaged(object)).toBe(false);
      expect(await open().putInPlace(object)).toBe('gone');
      expect(await keysOf(open())).toEqual([]);
    });

    if (removesStale)
      test('removeStale removes objects staged more than seven days ago, except those to keep', async () => {
        const open = await makeStore();
        const [named, other] = [
          await stage(open(), KEYS.json(DT), [Buffer.from('named')]),
          await stage(open(), KEYS.csv(DT), [Buffer.from('other')]),
        ];
        await open().removeStale([], new Date());
        await open().removeStale([], new Date(Date.now() + 6.9 * DAY_MILLISECONDS));
        await open().removeStale([], new Date(0));
        expect([await open().isStaged(named.object), await open().isStaged(other.object)]).toEqual([true, true]);
        await open().removeStale([named.object], new Date(Date.now() + 7.1 * DAY_MILLISECONDS));
        expect([await open().isStaged(named.object), await open().isStaged(other.object)]).toEqual([true, false]);
        expect(await open().putInPlace(named.object)).toBe('placed');
        expect(await open().putInPlace(other.object)).toBe('gone');
      });

    test('removeStale leaves published objects alone, and having nothing to remove is no error', async () => {
      const open = await makeStore();
      const later = new Date(Date.now() + 400 * DAY_MILLISECONDS);
      await open().removeStale([], later);
      const { object, execution } = await stage(open(), key, [Buffer.from('x')]);
      await open().putInPlace(object);
      await open().create('commits/00000001.json', Buffer.from('x'));
      await open().removeStale([{ ...object, staged: null }], later);
      expect(await open().isInPlace(object, execution)).toBe(true);
      expect(await keysOf(open())).toEqual([key, 'commits/00000001.json']);
    });

    test('a probe leaves nothing behind and disturbs nothing, even if two run concurrently', async () => {
      const open = await makeStore();
      await Promise.all([open().probe(newExecution()), open().probe(newExecution())]);
      expect(await keysOf(open())).toEqual([]);
      const { object } = await stage(open(), key, [Buffer.from('x')]);
      await open().create('commits/00000001.json', Buffer.from('x'));
      await Promise.all([open().probe(newExecution()), open().probe(newExecution())]);
      expect(await keysOf(open())).toEqual(['commits/00000001.json']);
      expect(await open().putInPlace(object)).toBe('placed');
    });
  });
}

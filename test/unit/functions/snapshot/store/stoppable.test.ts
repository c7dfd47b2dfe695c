import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { StoppedError, stoppable } from '../../../../../functions/snapshot/store/stoppable.ts';
import type { Store, StoredObject } from '../../../../../functions/snapshot/store/store.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { newFolder } from '../../../../support/take.ts';

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const OBJECT: StoredObject = { kind: 'json', key: 'users/a', bytes: 0, sha256: '', staged: null };
const BYTES = Buffer.from('a');

const CALLS: { readonly [name: string]: (store: Store) => Promise<unknown> } = {
  list: (store) => store.list('runs/'),
  read: (store) => store.read('runs/a'),
  open: (store) => store.open('runs/a'),
  create: (store) => store.create('runs/a', BYTES),
  proveCreateOnly: (store) => store.proveCreateOnly('runs/a'),
  replace: (store) => store.replace('runs/a', BYTES),
  stage: (store) => store.stage('runs/a', '0badcafe'),
  putInPlace: (store) => store.putInPlace(OBJECT),
  isInPlace: (store) => store.isInPlace(OBJECT, '0badcafe'),
  isStaged: (store) => store.isStaged(OBJECT),
  drop: (store) => store.drop(OBJECT),
  removeStale: (store) => store.removeStale([], new Date()),
  probe: (store) => store.probe('0badcafe'),
};

test.each(Object.entries(CALLS))(
  "%s ends when the store is stopped, even if it hangs, and isn't tried again",
  async (_, call) => {
    const controller = new AbortController();
    let calls = 0;
    const hanging = watched(new FolderStore(await newFolder()), () => {
      calls++;
      return never();
    });
    const store = stoppable(hanging, controller.signal);
    const ended = expect(call(store)).rejects.toThrow(StoppedError);
    controller.abort();
    await ended;
    await expect(call(store)).rejects.toThrow(StoppedError);
    expect(calls).toBe(1);
  },
);

test('an object whose chunks no longer arrive ends when the store is stopped', async () => {
  const controller = new AbortController();
  const arrived = new EventEmitter();
  async function* chunks() {
    yield BYTES;
    arrived.emit('first');
    yield await never<Buffer>();
  }
  const folder = new FolderStore(await newFolder());
  const store = stoppable(
    { ...watched(folder, (_, perform) => perform()), open: async () => chunks() },
    controller.signal,
  );
  const read = async () => {
    const found: Uint8Array[] = [];
    for await (const chunk of (await store.open('users/a')) ?? []) found.push(chunk);
    return found;
  };
  const first = once(arrived, 'first');
  const ended = expect(read()).rejects.toThrow(StoppedError);
  await first;
  controller.abort();
  await ended;
});

test('a store that is not stopped passes on every result and every failure', async () => {
  const controller = new AbortController();
  const store = stoppable(new FolderStore(await newFolder()), controller.signal);
  expect(await store.create('runs/a.json', BYTES)).toBe('created');
  expect(await store.create('runs/a.json', BYTES)).toBe('exists');
  expect(await store.list('runs/')).toEqual(['runs/a.json']);
  expect(await store.read('runs/b.json')).toBeUndefined();
  expect(await store.open('runs/b.json')).toBeUndefined();
  const found: Uint8Array[] = [];
  for await (const chunk of (await store.open('runs/a.json')) ?? []) found.push(Buffer.from(chunk));
  expect(Buffer.concat(found)).toEqual(BYTES);
  const failing = stoppable(
    watched(new FolderStore(store.location), async () => {
      throw new StoreError('the disk is gone');
    }),
    controller.signal,
  );
  await expect(failing.read('runs/a.json')).rejects.toThrow(new StoreError('the disk is gone'));
});

test('hundreds of calls at once can be stopped without a warning of Node.js', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  const controller = new AbortController();
  const store = stoppable(watched(new FolderStore(await newFolder()), never), controller.signal);
  const calls = Array.from({ length: 200 }, (_, n) => store.read(`runs/${n}.json`));
  controller.abort();
  const results = await Promise.allSettled(calls);
  await new Promise(setImmediate);
  process.off('warning', warned);
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  expect(warnings).toEqual([]);
});

import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { InterruptedError, StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, type Reply, serveAnodot } from '../../../../support/anodot/server.ts';
import { leftIn } from '../../../../support/left-behind.ts';
import { type Around, watched } from '../../../../support/store-doubles.ts';
import { deadlineIn, newFolder, takeOutcome } from '../../../../support/take.ts';
import { turns } from '../../../../support/turns.ts';

/** A run that fails before its commit leaves nothing staged, whichever of the calls that it makes together fails. */

async function outcomeOf(around: Around, interrupt?: AbortSignal, users: Reply = answer([{ _id: 'a' }])) {
  const path = await newFolder();
  const groups = answer([{ id: 'g', name: 'Group', created: '2026-01-01T00:00:00.000Z' }]);
  const server = await serveAnodot({ users, groups });
  onTestFinished(async () => {
    await server.close();
    await rm(path, { recursive: true, force: true });
  });
  const run = interrupt ? { deadline: deadlineIn(60_000, interrupt) } : {};
  const { snapshot, ...outcome } = await takeOutcome({
    url: server.url,
    store: watched(new FolderStore(path), around),
    run,
  });
  expect(snapshot).toBeUndefined();
  const { staged, published } = await leftIn(path);
  expect({ staged, published }).toEqual({ staged: [], published: [] });
  return 'error' in outcome ? outcome.error : undefined;
}

const FAILURE = new StoreError('the disk is full');

test.each([
  ['stage', 'users/json/'],
  ['stage', 'changes/'],
  ['stage', 'manifests/'],
  ['close', 'users/json/'],
  ['close', 'users/csv/'],
  ['close', 'raw/'],
  ['putInPlace', 'raw/'],
  ['close', 'changes/'],
  ['write', 'groups/'],
  ['close', 'groups/'],
  ['close', 'manifests/'],
])('a failing %s of %s leaves nothing staged', async (call, folder) => {
  const error = await outcomeOf((called, perform, key) => {
    if (called === call && key.startsWith(folder)) throw FAILURE;
    return perform();
  });
  expect(error).toBe(FAILURE);
});

test.each(['groups/', 'manifests/'])(
  'an interrupt while %s are staged leaves nothing staged and no commit',
  async (folder) => {
    const interrupt = new AbortController();
    const error = await outcomeOf((called, perform, key) => {
      if (called === 'write' && key.startsWith(folder)) interrupt.abort(new InterruptedError('interrupted'));
      return perform();
    }, interrupt.signal);
    expect(error).toBeInstanceOf(InterruptedError);
  },
);

test.each([
  ['users/json/', 'at once', 'is cut off', ''],
  ['users/csv/', 'at once', 'is cut off', ''],
  ['raw/', 'at once', 'is cut off', ''],
  ['users/json/', 'at once', 'is not JSON', '}]'],
  [
    'users/json/',
    'after the response has ended',
    'has users of two organizations',
    ',{"_id":"b","ownerOrganization":"p"}]',
  ],
])('a run reports a write of %s that fails %s, even if the response %s', async (folder, when, _, rest) => {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isWriting = false;
  const write = async (): Promise<never> => {
    isWriting = true;
    begun.resolve();
    if (when !== 'at once') await ended.promise.then(() => turns(20_000));
    throw FAILURE;
  };
  const error = await outcomeOf(
    (call, perform, key) => (call === 'write' && key.startsWith(folder) ? write() : perform()),
    undefined,
    async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('[{"_id":"a","ownerOrganization":"o"}');
      // The users end as soon as a write has begun, so that no later write can report the failure.
      for (let n = 0; !isWriting; n++) {
        response.write(`,{"_id":"${n}","firstName":"${randomBytes(8000).toString('hex')}"}`);
        await Promise.race([begun.promise, turns(20)]);
      }
      response.end(rest, () => ended.resolve());
    },
  );
  expect(error).toBe(FAILURE);
});

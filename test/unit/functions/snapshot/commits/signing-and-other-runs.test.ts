import { describe, expect, test } from 'vitest';
import { commitNumbers } from '../../../../../functions/snapshot/commits/commit-log.ts';
import type { Signer } from '../../../../../functions/snapshot/commits/signer.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import {
  InterruptedError,
  type OperatorError,
  SourceUnavailableError,
  StoreError,
} from '../../../../../functions/snapshot/errors.ts';
import type { PublicationReport } from '../../../../../functions/snapshot/publication-report.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import { noon } from '../../../../support/clock.ts';
import { finishedOn, runOn, serve, stagings } from '../../../../support/commit-runs.ts';
import { shown } from '../../../../support/fault-table.ts';
import { newDouble } from '../../../../support/s3/bucket-calls.ts';
import { storeAt } from '../../../../support/s3/place.ts';
import { isCommit, Killed, watched } from '../../../../support/store-doubles.ts';
import { commitOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';
import { newSigner, opensslOn, signaturesIn } from '../../../../support/test-signer.ts';

/** Runs that end, die or meet other runs after they signed. */

const signer = newSigner();
const isSigned = async (store: Store, number: number) =>
  (await opensslOn(store, number, signer.fingerprint)) === 'Verified OK';

describe('a run that ends while it signs', () => {
  /** What passes while the run signs. */
  class Moment {
    readonly aborting = new AbortController();
    remaining = 60_000;
    now = noon(24);
  }
  const ENDS: readonly (readonly [what: string, end: (moment: Moment) => void, error: OperatorError])[] = [
    [
      'is interrupted',
      ({ aborting }) => aborting.abort(new InterruptedError('interrupted. Nothing was published')),
      new InterruptedError('interrupted. Nothing was published'),
    ],
    [
      'is timed out',
      ({ aborting }) => aborting.abort(new DOMException('the time is over', 'TimeoutError')),
      new SourceUnavailableError('the run is out of time; nothing was published. Run again'),
    ],
    [
      'has no time left',
      (moment) => {
        moment.remaining = 0;
      },
      new SourceUnavailableError('the run is out of time; nothing was published. Run again'),
    ],
    [
      'is suspended for two days',
      (moment) => {
        moment.now = noon(26);
      },
      new StoreError('this run began more than a day ago; nothing was published. Run again'),
    ],
  ];

  test.each(ENDS)('because it %s commits nothing and discards what it staged', async (what, end, error) => {
    const { url } = await serve();
    const folder = await newFolder();
    const store = new FolderStore(folder);
    const moment = new Moment();
    const ending: Signer = {
      ...signer,
      sign: (bytes, deadline) => {
        end(moment);
        return signer.sign(bytes, deadline);
      },
    };
    const deadline = { signal: moment.aborting.signal, remaining: () => moment.remaining };
    const warnings: string[] = [];
    const run = { signer: ending, deadline, now: () => moment.now };
    await expect(runOn(store, 24, url, { run, warnings })).rejects.toThrow(error);
    expect([await commitNumbers(store), await stagings(folder), warnings]).toEqual([[], [], []]);
    shown('F31a', `a run ${what} while it signs`, 'nothing committed, nothing left staged');
  });
});

const STORES: readonly (readonly [place: string, newStore: () => Promise<Store>])[] = [
  ['a folder', async () => new FolderStore(await newFolder())],
  ['a bucket', async () => storeAt(await newDouble())],
];

describe.each(STORES)('in %s, a signature without its commit', (place, newStore) => {
  test('is left by a run that is killed before it commits, and harms no later run', async () => {
    const { url } = await serve();
    const store = await newStore();
    const dying = watched(store, (call, perform, key) => {
      if (call === 'create' && isCommit(key)) throw new Killed();
      return perform();
    });
    await expect(runOn(dying, 24, url, { run: { signer } })).rejects.toThrow(Killed);
    expect([await commitNumbers(store), (await signaturesIn(store)).length]).toEqual([[], 1]);
    expect((await runOn(store, 24, url, { run: { signer } })).signedBy).toBe(signer.fingerprint);
    expect([await isSigned(store, 1), await finishedOn(store, 24)]).toEqual([true, 1]);
    expect(await signaturesIn(store)).toHaveLength(2);
    shown(
      'F31a',
      `in ${place}, a run is killed between its signature and its commit`,
      'the next run signs and publishes',
    );
  });

  test('is left by a run that begins again, which signs its second attempt anew', async () => {
    const store = await newStore();
    const { url } = await serve(async (n) => {
      if (n === 1) await runOn(store, 24, url, { run: { signer } });
    });
    const executions = ['11111111', '22222222'];
    const run = { newExecution: () => executions.shift() ?? '33333333', signer };
    expect((await runOn(store, 25, url, { run })).signedBy).toBe(signer.fingerprint);
    expect([await isSigned(store, 1), await isSigned(store, 2)]).toEqual([true, true]);
    const other = KEYS.signature(1, (await commitOf(store, 1)).execution);
    expect(await signaturesIn(store)).toEqual(
      [KEYS.signature(1, '11111111'), other, KEYS.signature(2, '22222222')].sort(),
    );
    shown(
      'F31a',
      `in ${place}, a run of an earlier day commits before a run that has signed`,
      'the second attempt is signed anew',
    );
  });

  test.each([
    ['of one day', ['one', 'other']],
    ['of one event', ['same', 'same']],
  ])('is left by one of two runs %s that sign at the same time', async (what, runIds) => {
    const store = await newStore();
    const { url } = await serve();
    const bothSigned = Promise.withResolvers<void>();
    let waiting = 0;
    const meeting = () =>
      watched(store, async (call, perform, key) => {
        if (call === 'create' && isCommit(key)) {
          if (++waiting === 2) bothSigned.resolve();
          await bothSigned.promise;
        }
        return perform();
      });
    const reports: PublicationReport[] = [];
    const onPublished = (report: PublicationReport) => reports.push(report);
    const runs = runIds.map((runId) => runOn(meeting(), 24, url, { run: { runId, signer, onPublished } }));
    const ended = await Promise.allSettled(runs);
    expect(ended.map(({ status }) => status).sort()).toEqual(
      what === 'of one event' ? ['fulfilled', 'fulfilled'] : ['fulfilled', 'rejected'],
    );
    const signedBy = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value.signedBy] : []));
    expect(signedBy).toContain(signer.fingerprint);
    expect(new Set(reports.map(({ isUnsigned }) => isUnsigned))).toEqual(new Set([false]));
    expect([await commitNumbers(store), await isSigned(store, 1)]).toEqual([[1], true]);
    expect(await signaturesIn(store)).toHaveLength(2);
    shown(
      'F31a',
      `in ${place}, two runs ${what} sign at the same time`,
      'one commit, signed; the other signature is left',
    );
  });
});

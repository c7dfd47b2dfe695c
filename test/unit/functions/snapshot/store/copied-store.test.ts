import { rm } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import type { PublicationReport } from '../../../../../functions/snapshot/publication-report.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import { dtOf } from '../../../../support/clock.ts';
import { responseOnDay, runOn, serve, verifyOn } from '../../../../support/commit-runs.ts';
import { shown } from '../../../../support/fault-table.ts';
import { newDouble } from '../../../../support/s3/bucket-calls.ts';
import { newBucket, S3_ENDPOINT, type S3Place, storeAt } from '../../../../support/s3/place.ts';
import {
  bucketContent,
  folderContent,
  type StoreContent,
  withoutMetadata,
  writeBucket,
  writeFolder,
} from '../../../../support/store-copy.ts';
import { dyingInFinish, Killed } from '../../../../support/store-doubles.ts';
import { newFolder } from '../../../../support/take.ts';

/** A store that was copied to another place is a store: it verifies there, and runs can go on in it. */

interface Place {
  readonly store: Store;
  content(): Promise<StoreContent>;
  write(content: StoreContent): Promise<void>;
}

const PREFIX = 'access/prod';

async function bucketOn(newPlace: () => Promise<S3Place>): Promise<Place> {
  const place = await newPlace();
  return {
    store: storeAt(place, PREFIX),
    content: () => bucketContent(place, PREFIX),
    write: (content) => writeBucket(place, PREFIX, content),
  };
}

async function folder(): Promise<Place> {
  const path = await newFolder();
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return {
    store: new FolderStore(path),
    content: () => folderContent(path),
    write: (content) => writeFolder(path, content),
  };
}

type Copies = readonly [
  name: string,
  server: string,
  () => Promise<Place>,
  () => Promise<Place>,
  (content: StoreContent) => StoreContent,
];

const unchanged = (content: StoreContent): StoreContent => content;
const copiesOn = (server: string, bucket: () => Promise<Place>): Copies[] => [
  ['a bucket to a bucket', server, bucket, bucket, unchanged],
  ['a bucket to a bucket, without metadata,', server, bucket, bucket, withoutMetadata],
  ['a bucket to a folder', server, bucket, folder, unchanged],
  ['a folder to a bucket', server, folder, bucket, unchanged],
];
const copies = copiesOn('the double', () => bucketOn(() => newDouble()));
if (S3_ENDPOINT) {
  const endpoint = S3_ENDPOINT;
  copies.push(...copiesOn('a real server', () => bucketOn(() => newBucket(endpoint))));
}

describe.each(copies)('a store copied from %s on %s', (name, _, from, to, carried) => {
  test('is sound there, and later runs of the same and of the next day publish into it', async () => {
    const { url } = await serve();
    const [source, copy] = [await from(), await to()];
    const [reported, warnings]: [string[], string[]] = [[], []];
    const onPublished = ({ manifest }: PublicationReport) => reported.push(`commit ${manifest.commit}`);
    const options = { warnings, run: { trigger: 'schedule', onPublished } } as const;
    for (const day of [23, 24, 24]) await runOn(source.store, day, url, options);
    await copy.write(carried(await source.content()));

    const [before, there] = [await verifyOn(source.store, 24), await verifyOn(copy.store, 24)];
    expect(there).toEqual(before);
    expect(there).toMatchObject({ status: 'sound', commits: 3, findings: [] });

    for (const [day, commit] of [
      [24, 4],
      [25, 5],
    ] as const) {
      const { document } = await runOn(copy.store, day, url, options);
      expect(document).toMatchObject({ status: 'published', commit });
      expect(await verifyOn(copy.store, day)).toMatchObject({ status: 'sound', commits: commit, findings: [] });
    }
    expect(warnings).toEqual([]);
    expect(reported).toEqual([1, 2, 3, 4, 5].map((number) => `commit ${number}`));
    expect(String(await copy.store.read(KEYS.changes(dtOf(25))))).toContain(`"previous_dt":"${dtOf(24)}"`);
    expect(await verifyOn(source.store, 24)).toEqual(before);
  });

  /** A source whose second commit has some of its five promoted objects in place, and its copy. */
  async function copiedHalfway(placed: number) {
    const { url } = await serve();
    const [source, copy] = [await from(), await to()];
    await runOn(source.store, 23, url);
    await expect(runOn(dyingInFinish(source.store, placed), 24, url)).rejects.toThrow(Killed);
    const takeCopy = async () => copy.write(carried(await source.content()));
    await takeCopy();
    expect(await verifyOn(source.store, 24)).toMatchObject({ status: 'interrupted' });
    expect(await verifyOn(copy.store, 24)).toMatchObject({
      status: 'damaged',
      findings: expect.arrayContaining([{ level: 'damaged', key: KEYS.manifest(dtOf(24)), message: 'is missing' }]),
    });
    return { url, source, copy, takeCopy };
  }

  const lost = [
    KEYS.json(dtOf(24)),
    KEYS.csv(dtOf(24)),
    KEYS.changes(dtOf(24)),
    KEYS.groups(dtOf(24)),
    KEYS.manifest(dtOf(24)),
  ];

  test.each([0, 4])(
    'in the middle of a publication, with %i objects in place, lacks the rest: the next run names one and publishes, and only that day is damaged',
    async (placed) => {
      const { url, copy } = await copiedHalfway(placed);
      const warnings: string[] = [];
      const { document } = await runOn(copy.store, 25, url, { warnings });
      expect(document).toMatchObject({ status: 'published', commit: 3 });
      expect(warnings[0]).toBe(`commit 2 can't be finished: ${lost[placed]} is damaged or lost. Run verify`);
      const verification = await verifyOn(copy.store, 25);
      expect(verification.days.map(({ dt, status }) => [dt, status])).toEqual([
        [dtOf(23), 'sound'],
        [dtOf(24), 'damaged'],
        [dtOf(25), 'sound'],
      ]);
      expect(verification.findings.map(({ key }) => key).toSorted()).toEqual(lost.slice(placed).toSorted());
      shown(
        'C45',
        `a store copied from ${name} in the middle of a publication, with ${placed} of its objects in place`,
        'the next run named what the copy lacks and published; only the day of the unfinished commit was damaged',
      );
    },
  );

  test('in the middle of a publication is sound again after another run of that day', async () => {
    const { url, copy } = await copiedHalfway(1);
    expect((await runOn(copy.store, 24, url)).document).toMatchObject({ status: 'published', commit: 3 });
    expect(await verifyOn(copy.store, 24)).toMatchObject({ status: 'sound', commits: 3, findings: [] });
    expect(await responseOnDay(copy.store, 24)).toBe(3);
  });

  test('in the middle of a publication is sound if it is copied again after the source was finished', async () => {
    const { url, source, copy, takeCopy } = await copiedHalfway(1);
    await runOn(source.store, 25, url);
    await takeCopy();
    expect(await verifyOn(copy.store, 25)).toEqual(await verifyOn(source.store, 25));
    expect(await verifyOn(copy.store, 25)).toMatchObject({ status: 'sound', commits: 3, findings: [] });
    expect((await runOn(copy.store, 26, url)).document).toMatchObject({ status: 'published', commit: 4 });
  });
});

test('a folder copied to a folder in the middle of a publication, staged files included, is finished there by the next run', async () => {
  const { url } = await serve();
  const [source, copy] = [await folder(), await folder()];
  await expect(runOn(dyingInFinish(source.store, 1), 24, url)).rejects.toThrow(Killed);
  await copy.write(await source.content());
  expect(await verifyOn(copy.store, 24)).toMatchObject({ status: 'interrupted' });
  expect((await runOn(copy.store, 25, url)).document).toMatchObject({ status: 'published', commit: 2 });
  expect(await verifyOn(copy.store, 25)).toMatchObject({ status: 'sound', commits: 2, findings: [] });
});

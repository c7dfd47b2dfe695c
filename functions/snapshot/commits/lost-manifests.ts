/** Finds days whose manifest was lost: without it, a published day looks like one that was never published. */
import { FOLDERS, KEYS } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { readAll } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { addDays, isDt } from '../utc-day.ts';
import { parseDocument } from './document.ts';
import { manifestDays } from './manifests.ts';
import { RUN_DOCUMENT } from './run-document.ts';

/** The start of a run's id: the date on which the run was due or started. */
const RUN_KEY = /^runs\/(\d{4})(\d\d)(\d\d)T/;

/**
 * Reads the run documents of days in this period that have no manifest.
 * @throws StoreError if one of them says that its day was published
 */
export async function refuseLostManifests(store: Store, first: string, last: string): Promise<void> {
  const stored = new Set(await manifestDays(store));
  const isSuspect = (dt: string): boolean => isDt(dt) && dt >= first && dt <= last && !stored.has(dt);
  // A run that was due shortly before midnight may have started after it.
  const mayBeSuspect = (dt: string): boolean => isDt(dt) && (isSuspect(dt) || isSuspect(addDays(dt, 1)));
  const keys = (await store.list(FOLDERS.runs)).filter((key) => mayBeSuspect(dateIn(key)));
  const published = new Set<string>();
  for await (const { bytes } of readAll(store, keys)) {
    const run = parseDocument(RUN_DOCUMENT, bytes);
    if (run?.status === 'published' && run.dt !== null && isSuspect(run.dt)) published.add(run.dt);
  }
  if (published.size === 0) return;
  const now = new Set(await manifestDays(store)); // one of them may just have been published
  const [lost] = [...published].filter((dt) => !now.has(dt)).sort();
  if (lost !== undefined)
    throw new StoreError(`${store.location}: ${lost} was published, but ${KEYS.manifest(lost)} is missing. Run verify`);
}

const dateIn = (key: string): string => (RUN_KEY.exec(key) ?? []).slice(1).join('-');

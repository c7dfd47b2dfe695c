import { createHash } from 'node:crypto';
import * as z from 'zod';
import { COMMITS_FOLDER, commitNumberOf, KEYS } from '../contract.ts';
import { StoreError } from '../errors.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { type Commit, type CommitEntry, documentBytes, jsonOf, parseCommit } from './commit.ts';

const TRIES = 3;
const DAY_MILLISECONDS = 86_400_000;
const MANIFEST_COMMIT = z.object({ commit: z.int() });

/** The numbers of all commits, ascending. */
export async function commitNumbers(store: Store): Promise<number[]> {
  return (await store.list(COMMITS_FOLDER)).flatMap((key) => commitNumberOf(key) ?? []).sort((a, b) => a - b);
}

/** @throws StoreError where it can't be read; undefined where there is none of this number */
export async function readCommit(store: Store, number: number): Promise<CommitEntry | undefined> {
  const bytes = await store.read(KEYS.commit(number));
  return bytes && parseCommit(number, bytes);
}

export async function readNewest(store: Store): Promise<CommitEntry | undefined> {
  const newest = (await commitNumbers(store)).at(-1);
  return newest === undefined ? undefined : readCommit(store, newest);
}

/** What became of a commit: all in place, or an object that is neither in place nor staged any more. */
export type Finished = { readonly lost?: undefined } | { readonly lost: string };

/**
 * Puts in place what a commit names, the manifest last, whoever made it. What is staged can be put in place once, so it doesn't
 * matter who does it or how often. A commit that can't be parsed or has lost an object is named and blocks nothing.
 */
export async function finish(store: Store, { number, commit }: CommitEntry): Promise<Finished> {
  if (!commit) return { lost: KEYS.commit(number) };
  if (await isFinished(store, commit)) return {};
  for (const object of manifestLast(commit.objects)) {
    if (object.staged === null || (await store.putInPlace(object)) === 'placed') continue;
    // Somebody did this before us. We look before the next object, or the manifest would be ahead of what it names.
    if (await store.isInPlace(object, commit.execution)) continue;
    return (await isReplaced(store, commit)) ? {} : { lost: object.key };
  }
  return {};
}

/** A day whose manifest is of this commit or a later one was finished; what is missing then has expired or was removed. */
export async function isFinished(store: Store, { commit, dt, objects }: Commit): Promise<boolean> {
  const bytes = await store.read(KEYS.manifest(dt));
  const number = bytes && MANIFEST_COMMIT.safeParse(jsonOf(bytes)).data?.commit;
  if (!bytes || number === undefined || number < commit) return false;
  // A manifest that isn't what its commit names proves nothing: believing it would keep the day from ever being finished.
  const named = number === commit ? objects : (await readCommit(store, number))?.commit?.objects;
  const proof = named?.find(({ kind, key }) => kind === 'manifest' && key === KEYS.manifest(dt));
  return proof?.sha256 === createHash('sha256').update(bytes).digest('hex');
}

const manifestLast = (objects: readonly StoredObject[]): StoredObject[] =>
  objects.toSorted((a, b) => Number(a.kind === 'manifest') - Number(b.kind === 'manifest'));

/** Whether a later commit of the day has taken over: whoever made it finished this one first. */
async function isReplaced(store: Store, { commit, dt }: Commit): Promise<boolean> {
  for (const number of (await commitNumbers(store)).filter((later) => later > commit)) {
    if ((await readCommit(store, number))?.commit?.dt === dt) return true;
  }
  return false;
}

/** The commit that a run of this id made, among those that it can have made: of its own day or the day before. */
export async function commitOfRun(store: Store, runId: string, dt: string): Promise<CommitEntry | undefined> {
  const dayBefore = new Date(Date.parse(dt) - DAY_MILLISECONDS).toISOString().slice(0, 10);
  for (const number of (await commitNumbers(store)).reverse()) {
    const entry = await readCommit(store, number);
    if (entry?.commit?.run_id === runId) return entry;
    if (entry?.commit && entry.commit.dt < dayBefore) return undefined;
  }
  return undefined;
}

/**
 * The one decision: creates the commit if its number is free.
 * @returns our own commit, or the one that took its place
 * @throws StoreError where the store doesn't say which; the commit may then be there
 */
export async function createCommit(store: Store, commit: Commit): Promise<CommitEntry> {
  const key = KEYS.commit(commit.commit);
  let failure: unknown;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    try {
      await store.create(key, documentBytes(commit));
      failure = undefined;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      failure = error; // the call may have taken effect: only a look tells
    }
    const entry = await lookForCommit(store, commit.commit);
    if (entry) return entry;
  }
  throw new StoreError(
    `${key} may be committed: the store gave no clear answer. Run again: the next run finishes it or starts anew`,
    {
      cause: failure,
    },
  );
}

async function lookForCommit(store: Store, number: number): Promise<CommitEntry | undefined> {
  try {
    return await readCommit(store, number);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(
      `${KEYS.commit(number)} may be committed: it could not be read back. Run again: the next run finds out`,
      {
        cause: error,
      },
    );
  }
}

/** Drops what was staged for a commit that will never be. */
export async function drop(store: Store, objects: readonly StoredObject[]): Promise<void> {
  for (const object of objects) if (object.staged) await store.drop(object);
}

/** Finds and reads manifests by day. A day that has one is complete. */
import * as z from 'zod';
import { FOLDERS, KEYS, SCHEMA_VERSION } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { readAll } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { isDt } from '../utc-day.ts';
import { parseDocument } from './document.ts';
import { MANIFEST, type Manifest } from './manifest.ts';

const MANIFEST_KEY = /^manifests\/manifest-(\d{4}-\d\d-\d\d)\.json$/;

/** The days that have a manifest, ascending. Objects with other names are left to `verify`. */
export async function manifestDays(store: Store): Promise<string[]> {
  const days = (await store.list(FOLDERS.manifests)).flatMap((key) => MANIFEST_KEY.exec(key)?.[1] ?? []);
  return days.filter(isDt).sort();
}

/** Undefined if the bytes aren't the manifest of this day. */
export function parseManifest(dt: string, bytes: Uint8Array): Manifest | undefined {
  const manifest = parseDocument(MANIFEST, bytes);
  return manifest?.dt === dt ? manifest : undefined;
}

const VERSION = z.object({ schema_version: z.int() });

/** What is wrong with bytes that `parseManifest` rejects, and what to do. */
export const manifestProblem = (bytes: Uint8Array): Problem =>
  versionProblem(bytes) ?? { problem: 'is not the manifest of its day', advice: 'Run verify' };

interface Problem {
  readonly problem: string;
  readonly advice: string;
}

/** What to say of a document that another version of the program wrote, after its key. Undefined if this version did. */
export function otherVersion(bytes: Uint8Array): string | undefined {
  const found = versionProblem(bytes);
  return found && `${found.problem}. ${found.advice}`;
}

/** Undefined unless another version of this program wrote the bytes. */
export function versionProblem(bytes: Uint8Array): Problem | undefined {
  const version = parseDocument(VERSION, bytes)?.schema_version ?? SCHEMA_VERSION;
  if (version === SCHEMA_VERSION) return undefined;
  return {
    problem: `was written by another version of this program: its schema_version is ${version}, not ${SCHEMA_VERSION}`,
    advice: 'Use the version that wrote it, or a newer one',
  };
}

/**
 * The manifests of these days, or of all.
 * @throws StoreError if a manifest is damaged
 */
export async function readManifests(store: Store, days?: readonly string[]): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for await (const { key, bytes } of readAll(store, (days ?? (await manifestDays(store))).map(KEYS.manifest))) {
    const manifest = parseManifest(MANIFEST_KEY.exec(key)?.[1] ?? '', bytes);
    if (!manifest) {
      const { problem, advice } = manifestProblem(bytes);
      throw new StoreError(`${store.location}: ${key} ${problem}. ${advice}`);
    }
    manifests.push(manifest);
  }
  return manifests;
}

import { objectOf } from '../commits/commit.ts';
import { parseDocument } from '../commits/document.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import { FOLDERS } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { readLines } from '../format/json-lines.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import { CHANGE, type Change } from './change.ts';

/** Reads back what was published about changes: the manifests, and the feed of each day. */

const MANIFEST_KEY = /^manifests\/manifest-(\d{4}-\d\d-\d\d)\.json$/;

/**
 * The manifests in place, by day: the snapshots that are complete. Objects of other names are left to `verify`.
 * @throws StoreError if a manifest is damaged
 */
export async function readManifests(store: Store): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const key of await store.list(FOLDERS.manifests)) {
    const dt = MANIFEST_KEY.exec(key)?.[1];
    const bytes = dt === undefined ? undefined : await store.read(key);
    if (!bytes) continue;
    const manifest = parseDocument(MANIFEST, bytes);
    if (!manifest || manifest.dt !== dt)
      throw new StoreError(`${store.location}: ${key} is not the manifest of its day. Run verify`);
    manifests.push(manifest);
  }
  return manifests;
}

/**
 * The change feed of one day, checked against the manifest's hash; undefined if it has expired.
 * @throws StoreError if it differs from what the manifest names
 */
export async function readChanges(store: Store, manifest: Manifest): Promise<AsyncIterable<Change> | undefined> {
  const object = objectOf(manifest, 'changes');
  const digest = object && (await digestOf(store, object.key));
  if (!object || !digest) return undefined;
  if (digest.sha256 !== object.sha256) throw new StoreError(`${store.location}: ${object.key} is damaged. Run verify`);
  const chunks = await store.open(object.key);
  return chunks && parse(chunks, `${store.location}: ${object.key}`);
}

async function* parse(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Change> {
  let line = 0;
  for await (const lines of linesOf(chunks, name))
    for (const text of lines) {
      line++;
      const change = changeOf(text);
      if (!change) throw new StoreError(`${name}: line ${line} is not a change. Run verify`);
      yield change;
    }
}

/** The lines; what a decoder says of bytes that aren't UTF-8 is a failure of the store. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string[]> {
  try {
    yield* readLines(chunks);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new StoreError(`${name} is not text in UTF-8. Run verify`);
  }
}

/** Undefined if the line isn't a change whose sides are JSON texts. What a parser says of it is dropped, since it quotes the line. */
function changeOf(line: string): Change | undefined {
  const { data } = CHANGE.safeParse(jsonIn(line));
  return data && [data.before, data.after].every((side) => side === null || jsonIn(side) !== undefined)
    ? data
    : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

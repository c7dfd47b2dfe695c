/** Reads back the change feed of a day. */
import { objectOf } from '../commits/commit.ts';
import type { Manifest } from '../commits/manifest.ts';
import { readManifests } from '../commits/manifests.ts';
import { StoreError } from '../errors.ts';
import { readLines } from '../format/json-lines.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import { CHANGE, type Change } from './change.ts';

/**
 * The change feed of one day, checked against the manifest's hash. Undefined if it has expired.
 * @throws StoreError if it differs from what the manifest names
 */
export async function readChanges(store: Store, manifest: Manifest): Promise<AsyncIterable<Change> | undefined> {
  const object = objectOf(manifest, 'changes');
  const digest = object && (await digestOf(store, object.key));
  if (!object || !digest) return undefined;
  if (digest.sha256 !== object.sha256) {
    const [current] = await readManifests(store, [manifest.dt]);
    if (current && current.commit > manifest.commit) return readChanges(store, current); // the day was published again
    throw new StoreError(`${store.location}: ${object.key} is damaged, or a run is replacing it. Run verify`);
  }
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

/** Bytes that aren't UTF-8 are a failure of the store, not a bug. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string[]> {
  try {
    yield* readLines(chunks);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new StoreError(`${name} is not text in UTF-8. Run verify`);
  }
}

/** Undefined if the line isn't a change whose sides are JSON texts. The parser's own message is dropped, because it quotes the line. */
function changeOf(line: string): Change | undefined {
  const { data } = CHANGE.safeParse(jsonIn(line));
  return data && isSide(data.before) && isSide(data.after) ? data : undefined;
}

/** Most sides are a name or an id. They are recognized by their characters, which takes less time than parsing each of a year's feeds. */
const PLAIN_TEXT = /^"[ !#-[\]-~]*"$/;
const isSide = (side: string | null): boolean => side === null || PLAIN_TEXT.test(side) || jsonIn(side) !== undefined;

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

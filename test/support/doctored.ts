/** Edits a published day so consistently that no hash in the store reveals it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { documentBytes, jsonOf } from '../../functions/snapshot/commits/document.ts';
import { KEYS, type ObjectKind } from '../../functions/snapshot/contract.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { recompute } from '../../functions/snapshot/verify/deep/recompute.ts';
import { type Verification, type VerifyOptions, verify } from '../../functions/snapshot/verify/verify.ts';
import { rehash } from './rehash.ts';
import { commitsOf, sha256 } from './stored-commits.ts';

/** A manifest as JSON. */
export type Fields = { readonly [field: string]: unknown };

export interface Edits {
  /** The new text of each object. That of `raw` is packed again. */
  readonly texts?: { readonly [kind in ObjectKind]?: (text: string) => string };
  /** The new bytes of each object. */
  readonly bytes?: { readonly [kind in ObjectKind]?: (bytes: Buffer) => Buffer };
  readonly manifest?: (manifest: Fields) => Fields;
}

/** Updates the manifest, the day's commit, all later commits and the run documents to match. */
export async function doctor(folder: string, dt: string, { texts = {}, bytes = {}, manifest }: Edits): Promise<void> {
  const store = new FolderStore(folder);
  const commit = (await commitsOf(store)).findLast((one) => one.dt === dt);
  if (!commit) throw new Error(`there is no commit of ${dt}`);
  const edited = new Map<string, { readonly bytes: number; readonly sha256: string }>();
  const write = async (key: string, content: Uint8Array): Promise<void> => {
    await writeFile(join(folder, key), content);
    edited.set(key, { bytes: content.byteLength, sha256: sha256(content) });
  };
  let received = {};
  for (const { kind, key } of commit.objects) {
    const before = (await store.read(key, Infinity)) ?? Buffer.alloc(0);
    const [text, other] = [texts[kind], bytes[kind]];
    if (text && kind === 'raw') {
      const unpacked = Buffer.from(text(String(gunzipSync(before))));
      received = { bytes: unpacked.byteLength, sha256: sha256(unpacked) };
      await write(key, gzipSync(unpacked));
    } else if (text) await write(key, Buffer.from(text(String(before))));
    else if (other) await write(key, other(before));
  }
  const updated = <T extends { readonly key: string }>(object: T): T => ({ ...object, ...edited.get(object.key) });
  const key = KEYS.manifest(dt);
  const fields: Fields = Object(jsonOf((await store.read(key, Infinity)) ?? Buffer.alloc(0)));
  const named: readonly { readonly key: string }[] = Object.values(Object(fields['objects']));
  const response = fields['response'] && { ...Object(fields['response']), ...received };
  const consistent = { ...fields, ...(response && { response }), objects: named.map(updated) };
  await write(key, documentBytes(withRows(manifest ? manifest(consistent) : consistent)));
  await rehash(folder, (one) => (one.commit === commit.commit ? { ...one, objects: one.objects.map(updated) } : one));
}

/** Sets `rows` of each object that has it to what the manifest's other counts say. */
function withRows(manifest: Fields): Fields {
  const [users, changes] = [Number(manifest['user_count']), Object.values(Object(manifest['changes'] ?? {}))];
  const rows: { readonly [kind: string]: number } = {
    json: users,
    csv: users,
    raw: users + Number(Object(manifest['drift']).duplicates),
    changes: changes.reduce<number>((sum, count) => sum + Number(count), 0),
  };
  const objects = Object.values(Object(manifest['objects'])).map((object): unknown => {
    const { kind, rows: before } = Object(object);
    return before === undefined ? object : { ...Object(object), rows: rows[kind] ?? before };
  });
  return { ...manifest, objects };
}

export const verifyDeep = (folder: string, options: Partial<VerifyOptions> = {}): Promise<Verification> =>
  verify(new FolderStore(folder), { today: '2026-11-26', recompute, ...options });

export const verifyOnly = (folder: string): Promise<Verification> =>
  verify(new FolderStore(folder), { today: '2026-11-26' });

/** What was found, a line each. */
export const linesOf = ({ findings }: Verification): readonly string[] =>
  findings.map(({ level, key, message }) => `${level}: ${key} ${message}`);

/** What was recomputed of each day, and why not all. */
export const recomputedOf = ({ days }: Verification): readonly string[] =>
  days.map(({ dt, recomputed, not_recomputed }) => [dt, recomputed, not_recomputed ?? ''].join(' ').trim());

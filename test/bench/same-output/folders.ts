/** Compares two folders byte by byte. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

export interface Comparison {
  readonly files: number;
  readonly differences: readonly string[];
}

/** Compressed files may differ if what they hold is equal. They are listed as such, and are a difference too. */
export async function compareFolders(one: string, other: string): Promise<Comparison> {
  const [ours, theirs] = [new Set(await filesIn(one)), new Set(await filesIn(other))];
  const differences: string[] = [];
  for (const path of [...ours.union(theirs)].sort()) {
    if (!ours.has(path) || !theirs.has(path)) {
      differences.push(`${path}: only in ${ours.has(path) ? one : other}`);
      continue;
    }
    const paths = [join(one, path), join(other, path)] as const;
    if (await isEqual(paths, digestOf)) continue;
    const isUnpackedEqual = path.endsWith('.gz') && (await isEqual(paths, digestOfUnpacked));
    differences.push(`${path}: ${isUnpackedEqual ? 'compressed differently, equal when unpacked' : 'different bytes'}`);
  }
  return { files: ours.size, differences };
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

const isEqual = async ([one, other]: readonly [string, string], digest: (path: string) => Promise<string>) =>
  (await digest(one)) === (await digest(other));

async function digestOf(path: string): Promise<string> {
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(path), sha256);
  return sha256.digest('hex');
}

async function digestOfUnpacked(path: string): Promise<string> {
  const sha256 = createHash('sha256');
  const sink = new Writable({
    write: (chunk, _, done) => {
      sha256.update(chunk);
      done();
    },
  });
  await pipeline(createReadStream(path), createGunzip(), sink);
  return sha256.digest('hex');
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a stopped run left in a folder: staged files, published files, and the outcomes in its run documents. */
export async function leftIn(store: string): Promise<{ staged: string[]; published: string[]; runs: string[] }> {
  const names = (await readdir(store, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(store.length + 1));
  const documents = names.filter((name) => name.startsWith('runs/'));
  const runs = documents.map(async (name) => {
    const { status, code } = JSON.parse(await readFile(join(store, name), 'utf8'));
    return `${status} ${code}`;
  });
  return {
    staged: names.filter((name) => name.startsWith('.staged/')),
    published: names.filter((name) => /^(users|commits|manifests)\//.test(name)),
    runs: await Promise.all(runs),
  };
}

/** Writes a page to a file of its own, for a browser to open. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function writtenPage(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'page-')), 'page.html');
  await writeFile(file, text);
  return file;
}

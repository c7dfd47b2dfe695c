import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bundleFunction } from '../../../../lib/packaging/bundle-function.ts';
import { FUNCTIONS } from '../../../../lib/packaging/functions.ts';
import { licensesOf } from '../../../../lib/packaging/licenses.ts';

const TOP = join(import.meta.dirname, '../../../..');
const FILE = 'THIRD-PARTY-LICENSES.txt';

/** The folder of the package that contains a file. */
function packageFolderOf(file: string): string {
  const folder = dirname(file);
  return dirname(folder).endsWith('node_modules') || /node_modules\/@[^/]+$/.test(dirname(folder))
    ? folder
    : packageFolderOf(folder);
}

/** A bundle of one file of the package `odd` with this package.json. */
async function oddPackage(manifest: object, files: { readonly [name: string]: string } = {}) {
  const top = await mkdtemp(join(tmpdir(), 'licenses-'));
  onTestFinished(() => rm(top, { recursive: true }));
  await mkdir(join(top, 'node_modules/odd'), { recursive: true });
  const all = { 'package.json': JSON.stringify({ name: 'odd', version: '1.2.3', ...manifest }), ...files };
  for (const [name, text] of Object.entries(all)) await writeFile(join(top, 'node_modules/odd', name), text);
  const inputs = { 'node_modules/odd/index.js': { bytes: 1, imports: [] } };
  return licensesOf({ inputs, outputs: {} }, top);
}

describe.each(Object.entries(FUNCTIONS))('the bundle of %s', (name, entry) => {
  test('is deployed with every package it was built from, its version and the text of its license', async () => {
    const text = await readFile(join(TOP, 'dist/handlers', name, FILE), 'utf8');
    const files = Object.keys((await bundleFunction(entry, TOP)).metafile.inputs).filter((path) =>
      path.includes('node_modules/'),
    );
    const folders = [...new Set(files.map(packageFolderOf))];
    expect(folders.length).toBeGreaterThan(10);
    for (const folder of folders) {
      const { name, version, license } = JSON.parse(await readFile(join(TOP, folder, 'package.json'), 'utf8'));
      const section = text.split('='.repeat(80)).find((part) => part.includes(`\n${name} ${version} (${license})\n`));
      expect(section, folder).toMatch(/permission|TERMS AND CONDITIONS/i);
      if (!existsSync(join(TOP, folder, 'LICENSE'))) continue;
      expect(section, folder).toContain((await readFile(join(TOP, folder, 'LICENSE'), 'utf8')).trim());
    }
  });

  test('is deployed with all of its files and nothing else', async () => {
    const files = await readdir(join(TOP, 'dist/handlers', name));
    const bundled = [...(await bundleFunction(entry, TOP)).files.keys()];
    expect(files.sort()).toEqual([FILE, 'package.json', ...bundled].sort());
  });
});

describe('the licenses of a bundle', () => {
  test('include the notice that a package publishes', async () => {
    const text = await oddPackage({ license: 'MIT' }, { 'LICENSE.md': 'Do as you like.\n', NOTICE: 'By Odd.\n' });
    expect(text).toContain('odd 1.2.3 (MIT)\n\nDo as you like.\n\nBy Odd.\n');
  });

  test('include the standard text of a license that a package only names', async () => {
    await expect(oddPackage({ license: 'MIT-0' })).resolves.toContain('odd 1.2.3 (MIT-0)\n\nMIT No Attribution\n');
  });

  test('fail with an error that names the package if the text of its license is unknown', async () => {
    await expect(oddPackage({ license: 'Odd-1.0' })).rejects.toThrow(
      /^odd 1\.2\.3 \(Odd-1\.0\) publishes no license text/,
    );
  });
});

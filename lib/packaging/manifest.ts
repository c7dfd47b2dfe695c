import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const TOP = join(import.meta.dirname, '../..');
const VERSIONS = z.record(z.string(), z.string());
const MANIFEST = z.looseObject({
  name: z.string(),
  version: z.string(),
  files: z.array(z.string()),
  dependencies: VERSIONS,
  peerDependencies: VERSIONS,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })),
  devDependencies: VERSIONS,
  optionalDependencies: VERSIONS,
  scripts: z.unknown(),
});

/**
 * The package.json of the published package. It leaves out what only this project needs: scripts, development tools and the private
 * Node.js, which would replace that of the project in which the package is installed.
 */
export async function publishedManifest() {
  const manifest = MANIFEST.parse(JSON.parse(await readFile(join(TOP, 'package.json'), 'utf8')));
  const { devDependencies, optionalDependencies, scripts, ...published } = manifest;
  return published;
}

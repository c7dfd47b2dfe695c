import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const TOP = join(import.meta.dirname, '../..');
const VERSIONS = z.record(z.string(), z.string());
const MANIFEST = z.looseObject({
  files: z.array(z.string()),
  dependencies: VERSIONS,
  peerDependencies: VERSIONS,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })),
  devDependencies: VERSIONS,
  optionalDependencies: VERSIONS,
  scripts: z.unknown(),
});

/**
 * The package.json of the published package. Only needed in this project, and left out, are its scripts, the tools it is built and
 * tested with, and the Node.js it brings along, which would replace that of the project it is installed in.
 */
export async function publishedManifest() {
  const manifest = MANIFEST.parse(JSON.parse(await readFile(join(TOP, 'package.json'), 'utf8')));
  const { devDependencies, optionalDependencies, scripts, ...published } = manifest;
  return published;
}

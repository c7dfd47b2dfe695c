import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const TOP = join(import.meta.dirname, '../..');
/**
 * The packages in the command's file: those that ordinary commands load. The others are large, and loaded by few commands: in the file,
 * they would cost every start more than they save those commands.
 */
export const BUNDLED: readonly string[] = ['commander', 'leven', 'string-width', 'zod'];
/** The construct imports this one, too. */
const SHARED = 'zod';
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

/** The package.json of this project. */
export const projectManifest = async () =>
  MANIFEST.parse(JSON.parse(await readFile(join(TOP, 'package.json'), 'utf8')));

/**
 * The package.json of the published package. It leaves out what only this project needs: scripts, development tools, the packages that the
 * command contains, and the private Node.js, which would replace that of the project in which the package is installed.
 */
export async function publishedManifest() {
  const { devDependencies, optionalDependencies, scripts, ...published } = await projectManifest();
  const contained = BUNDLED.filter((name) => name !== SHARED);
  const dependencies = Object.entries(published.dependencies).filter(([name]) => !contained.includes(name));
  return { ...published, dependencies: Object.fromEntries(dependencies) };
}

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildCommand } from '../../../../lib/packaging/command.ts';
import { buildConstruct } from '../../../../lib/packaging/construct.ts';
import { publishedManifest } from '../../../../lib/packaging/manifest.ts';

const TOP = join(import.meta.dirname, '../../../..');

/**
 * Installs the package in the folder of an app as npm does, with its dependencies and the peers that aren't optional, but nothing else of
 * this project. Returns the folder of the package.
 */
export async function installPackage(app: string): Promise<string> {
  const folder = join(app, 'node_modules/anodot-user-snapshots');
  const dist = join(folder, 'dist');
  await mkdir(folder, { recursive: true });
  const manifest = await publishedManifest();
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await buildConstruct(dist);
  await buildCommand(dist);
  // The global setup of the tests has bundled them.
  await symlink(join(TOP, 'dist/handlers'), join(dist, 'handlers'));
  const peers = Object.keys(manifest.peerDependencies).filter((name) => !manifest.peerDependenciesMeta[name]?.optional);
  for (const name of [...Object.keys(manifest.dependencies), ...peers]) {
    await mkdir(dirname(join(app, 'node_modules', name)), { recursive: true });
    await symlink(join(TOP, 'node_modules', name), join(app, 'node_modules', name));
  }
  return folder;
}

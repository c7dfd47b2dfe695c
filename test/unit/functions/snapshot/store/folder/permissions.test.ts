import { chmod, chown, lstat, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { claimForSample } from '../../../../../../functions/command-line/sample/folder.ts';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { newExecution, newFolder, take } from '../../../../../support/take.ts';

const X = Buffer.from('x');
const umask = process.umask();
afterEach(() => process.umask(umask));

const bits = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

/** The distinct permissions of everything under a folder. */
async function modesUnder(root: string): Promise<{ folders: string[]; files: string[]; count: number }> {
  const [folders, files] = [new Set<string>(), new Set<string>()];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const { mode } = await lstat(join(entry.parentPath, entry.name));
    (entry.isDirectory() ? folders : files).add(bits(mode));
  }
  return { folders: [...folders], files: [...files], count: entries.length };
}

/** A run that publishes, one that fails and keeps its response, a check, and an object that stays staged. */
async function fill(root: string): Promise<void> {
  const store = new FolderStore(root);
  const server = await serveAnodot({ users: answer([{ _id: 'a', roles: [] }]) });
  const broken = await serveAnodot({ users: answer({ no: 'list' }) });
  try {
    await take({ url: server.url, store, environment: { SNAPSHOT_KEEP_RAW: 'true' } });
    await take({ url: broken.url, store }).catch(() => undefined);
  } finally {
    await server.close();
    await broken.close();
  }
  await store.probe(newExecution());
  const staging = await store.stage(KEYS.json('2020-02-29'), newExecution());
  await staging.write(X);
  await staging.close();
}

describe.skipIf(process.platform === 'win32')('a folder store', () => {
  test.each([
    ['022', 0o022],
    ['000', 0o000],
    ['077', 0o077],
    ['277', 0o277],
    ['777', 0o777],
  ])('that a run creates is accessible only to its owner, even with a umask of %s', async (_, mask) => {
    const root = join(await newFolder(), 'new', 'store');
    process.umask(mask);
    await fill(root);
    process.umask(umask);
    const { folders, files, count } = await modesUnder(root);
    expect(count).toBeGreaterThan(15);
    expect({ root: bits((await lstat(root)).mode), folders, files }).toEqual({
      root: '0700',
      folders: ['0700'],
      files: ['0600'],
    });
    expect(bits((await lstat(join(root, '..'))).mode)).toBe('0700');
    shown(
      'C19',
      `a new store with umask ${mask.toString(8).padStart(3, '0')}`,
      `folders ${folders}, files ${files}, raw responses, run documents and staged files included`,
      mask === 0o022 ? 'folders 0755, files 0644' : undefined,
    );
  });

  test.each([
    ['0700', 0o700, '0700', '0600'],
    ['0750', 0o750, '0750', '0640'],
    ['0770', 0o770, '0770', '0660'],
    ['0755', 0o755, '0750', '0640'],
    ['0777', 0o777, '0770', '0660'],
    ['2770', 0o2770, '2770', '0660'],
    ['1777', 0o1777, '0770', '0660'],
  ])('in a root of %s gives its group the same access as the root, and others none', async (_, mode, folder, file) => {
    const root = join(await newFolder(), 'store');
    await mkdir(root);
    await chmod(root, mode);
    process.umask(0o077);
    await fill(root);
    process.umask(umask);
    const { folders, files } = await modesUnder(root);
    expect({ folders, files }).toEqual({ folders: [folder], files: [file] });
    expect(bits((await lstat(root)).mode)).toBe(bits(mode));
    shown('C19', `a store in an existing root of ${bits(mode)}, with umask 077`, `folders ${folders}, files ${files}`);
  });

  test("whose root is a link has the permissions of the link's target", async () => {
    const above = await newFolder();
    await mkdir(join(above, 'store'));
    await chmod(join(above, 'store'), 0o750);
    await symlink(join(above, 'store'), join(above, 'link'));
    await new FolderStore(join(above, 'link')).create('commits/00000001.json', X);
    expect(await modesUnder(join(above, 'store'))).toMatchObject({ folders: ['0750'], files: ['0640'] });
  });

  test('follows the root’s permissions from the next write on, and leaves existing files unchanged', async () => {
    const root = join(await newFolder(), 'store');
    await new FolderStore(root).create('commits/00000001.json', X);
    await chmod(root, 0o750);
    await new FolderStore(root).create('commits/00000002.json', X);
    const modes = ['commits', 'commits/00000001.json', 'commits/00000002.json'].map(async (name) =>
      bits((await lstat(join(root, name))).mode),
    );
    expect(await Promise.all(modes)).toEqual(['0700', '0600', '0640']);
  });

  test.each([
    ['that does not exist', undefined, '0600'],
    ['that its group may read', 0o750, '0640'],
  ])('for the sample, in a folder %s, has the same permissions', async (_, mode, file) => {
    const root = join(await newFolder(), 'store');
    if (mode !== undefined) {
      await mkdir(root);
      await chmod(root, mode);
    }
    await claimForSample(new FolderStore(root));
    expect(bits((await lstat(root)).mode)).toBe(bits(mode ?? 0o700));
    expect(await modesUnder(root)).toMatchObject({ files: [file] });
    shown('C19', `the sample account in a folder ${_}`, `files ${file}`);
  });

  test.skipIf(process.getuid?.() !== 0)('passes on the group of its root if the root is setgid', async () => {
    const root = join(await newFolder(), 'store');
    await mkdir(root);
    await chown(root, 0, 4242);
    await chmod(root, 0o2750);
    await new FolderStore(root).create('commits/00000001.json', X);
    const { gid, mode } = await lstat(join(root, 'commits'));
    expect({ gid, mode: bits(mode) }).toEqual({ gid: 4242, mode: '2750' });
    expect((await lstat(join(root, 'commits/00000001.json'))).gid).toBe(4242);
  });
});

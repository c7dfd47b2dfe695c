import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../../../functions/snapshot/errors.ts';
import { folderFailure } from '../../../../../../functions/snapshot/store/folder/failure.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import { printable } from '../../../../../../functions/snapshot/store/printable.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { newFolder } from '../../../../../support/take.ts';

const STORE = new URL('../../../../../../functions/snapshot/store/folder/folder-store.ts', import.meta.url).href;
const COMMANDS = new URL('../../../../../../functions/command-line/main.ts', import.meta.url).pathname;

/** Runs a script on a store in a process of its own. Returns the message of the error that it throws. */
function failureIn(script: string, shell = 'exec "$0" "$@"', options: { readonly uid?: number } = {}): string {
  const text = `
    import { FolderStore } from ${JSON.stringify(STORE)};
    const bytes = Buffer.alloc(400_000, 'x');
    try { ${script} } catch (error) { console.log(error.name + ': ' + error.message); }`;
  const words = ['-c', shell, process.execPath, '--input-type=module', '--eval', text];
  const { stdout, stderr } = spawnSync('sh', words, { encoding: 'utf8', ...options });
  expect(stderr).toBe('');
  return stdout.trimEnd();
}

const canMount = spawnSync('unshare', ['--mount', '--map-root-user', 'true']).status === 0;
/** Runs the command in a mount namespace with a small file system of its own. */
const inMount = (path: string, options: string) =>
  `exec unshare --mount --map-root-user sh -c 'mount -t tmpfs -o ${options} tmpfs ${path} && exec "$0" "$@"' "$0" "$@"`;

describe('a failed system call', () => {
  test.each([
    ['ENOSPC', 'The disk is full: free space on it'],
    ['EDQUOT', 'The disk quota is used up: free space, or raise the quota'],
    ['EROFS', 'The file system is read-only: make it writable, or choose another folder'],
    ['EACCES', 'Permission denied: give this user read and write access'],
    ['EPERM', 'Permission denied: give this user read and write access'],
    ['EMFILE', 'Too many files are open: raise the limit (ulimit -n)'],
    ['ENFILE', 'Too many files are open: raise the limit (ulimit -n)'],
    ['EFBIG', 'The file is larger than the system allows: raise the limit on file sizes (ulimit -f)'],
    ['EIO', 'The disk or its connection is failing: check it'],
    ['EXDEV', 'Parts of the store are on different file systems: keep all of it on one'],
    ['ENOTSUP', "This file system can't do what publishing needs, such as hard links"],
    ['EUNKNOWN', 'Fix the folder, its permissions or the disk'],
  ])('with %s is reported with exit code 7 and what to do', (code, advice) => {
    const cause = Object.assign(new Error('no'), { code, syscall: 'write' });
    const error = folderFailure('/store', 'write runs/a.json', cause);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 7, cause });
    const message = error instanceof Error ? error.message : '';
    expect(message.startsWith(`/store: could not write runs/a.json (${code}). ${advice}`)).toBe(true);
    expect(message.endsWith(', and run again')).toBe(true);
    if (code !== 'EUNKNOWN') shown('C13', `a system call fails with ${code}`, `exit 7: ${message}`);
  });

  test('is the only error that is translated, and a bug is thrown unchanged', () => {
    const bug = new TypeError('x is not a function');
    expect(folderFailure('/store', 'read a', bug)).toBe(bug);
  });
});

describe.skipIf(!canMount)('a real file system', () => {
  test('that is full is named by every call', async () => {
    const root = await newFolder();
    const script = (work: string) => `const store = new FolderStore(${JSON.stringify(root)}); ${work}`;
    const full = inMount(root, 'size=600k');
    const fill = "for (let n = 0; n < 9; n++) await store.create('users/a' + n, bytes);";
    expect(failureIn(script(fill), full)).toBe(
      `StoreError: ${root}: could not create users/a1 (ENOSPC). The disk is full: free space on it, and run again`,
    );
    const stage = "const s = await store.stage('users/a', 'aaaaaaaa'); for (;;) await s.write(bytes);";
    expect(failureIn(script(stage), full)).toContain('could not stage users/a (ENOSPC). The disk is full');
  });

  test('that is full fails a whole run with exit code 7 and is named, whatever was being written', async () => {
    const root = await newFolder();
    const codes = new Set<number | null>();
    // Full at the run document, the staged users, the manifest, the commit, and after it.
    for (const size of [4, 12, 52, 56, 60, 4000]) {
      const words = [process.execPath, COMMANDS, '--store', root];
      const { status, stderr } = spawnSync('sh', ['-c', inMount(root, `size=${size}k`), ...words], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
        cwd: await newFolder(),
      });
      codes.add(status);
      if (status !== 0) expect(stderr).toContain('(ENOSPC). The disk is full');
    }
    expect([...codes]).toEqual([7, 0]);
    shown(
      'C13',
      'the command line on file systems of 4 to 60 kB, full at the run document, the users, the manifest, the commit and after it',
      'exit 7, naming ENOSPC',
      'for the commit, the message did not name the cause',
    );
  });

  test('that is read-only is named', async () => {
    const root = await newFolder();
    const script = `await new FolderStore(${JSON.stringify(root)}).replace('runs/a.json', bytes);`;
    expect(failureIn(script, inMount(root, 'ro'))).toContain('(EROFS). The file system is read-only');
  });
});

test.skipIf(process.getuid?.() !== 0)('a folder of another user is named', async () => {
  const root = join(await newFolder(), 'store');
  await mkdir(root, { mode: 0o700 });
  const script = `process.setuid(65534); await new FolderStore(${JSON.stringify(root)}).list('commits/');`;
  expect(failureIn(script)).toContain('could not list commits/ (EACCES). Permission denied: give this user');
});

test.skipIf(process.platform === 'win32')('a process with too many open files is named', async () => {
  const root = await newFolder();
  const script = `
    const { openSync } = await import('node:fs');
    try { for (;;) openSync('/dev/null'); } catch {}
    await new FolderStore(${JSON.stringify(root)}).create('runs/a.json', bytes);`;
  expect(failureIn(script, 'ulimit -n 64; exec "$0" "$@"')).toContain('(EMFILE). Too many files are open');
});

describe('names of files that would steer a terminal', () => {
  const names = ['\u001b[2J', 'a\u009bb', 'a\nb', 'a\rb', '\u202eb', 'a\u2028b', '\u0007', '\u{e0001}'];

  test.skipIf(process.platform === 'win32').each(names)(
    'such as %j are listed as they are, and quoted in errors',
    async (name) => {
      const root = join(await newFolder(), `store ${name}`);
      const store = new FolderStore(root);
      await mkdir(join(root, 'users', name, 'folder'), { recursive: true });
      await writeFile(join(root, 'users', name, 'file'), 'x');
      expect(await store.list('users/')).toEqual([`users/${name}/file`]);
      expect(await store.read(`users/${name}/file`)).toEqual(Buffer.from('x'));
      await chmod(join(root, 'users'), 0o700);
      for (const work of [
        () => store.read(`users/${name}/folder`),
        () => store.create(`users/${name}/file/x`, Buffer.from('x')),
        () => store.read(`users/${name}/file/x`),
      ]) {
        const error: unknown = await work().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreError);
        const message = error instanceof Error ? error.message : '';
        expect(message).not.toContain(name);
        expect(message).toContain(printable(name));
      }
      const kind = [...name]
        .map((character) => `U+${character.codePointAt(0)?.toString(16).padStart(4, '0')}`)
        .join(' ');
      shown('C21', `a folder named ${kind} under users/ and in the path of the store`, `quoted as ${printable(name)}`);
    },
  );

  test('are printed without any character that a terminal obeys, and otherwise unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const quoted = printable(name);
        expect(quoted).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        if (quoted === name) expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
    expect(printable('users/json/dt=2020-02-29/é ü 😀.jsonl')).toBe('users/json/dt=2020-02-29/é ü 😀.jsonl');
  });
});

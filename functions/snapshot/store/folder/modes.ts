/** The permissions in a folder store. Its owner has access. So does the root folder's group, if the root's mode allows it. */
import { chmod, type FileHandle, open, stat } from 'node:fs/promises';
import { codeOf, orAbsent } from './durable-folder.ts';

export interface Modes {
  readonly folder: number;
  readonly file: number;
}

const OWNER = { folder: 0o700, file: 0o600 } as const satisfies Modes;
const GROUP = 0o070;
const GROUP_OF_FILE = 0o060;
const PERMISSIONS = 0o777;
/** The error codes of file systems without modes, such as exFAT. */
const NO_MODES: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'];

/** The modes in a store: the owner's, and the root's group bits. Without a root yet, only the owner's. */
export async function modesIn(root: string): Promise<Modes> {
  const group = ((await orAbsent(stat(root)))?.mode ?? 0) & GROUP;
  return { folder: OWNER.folder | group, file: OWNER.file | (group & GROUP_OF_FILE) };
}

/** Creates a file for writing. Fails if the name is taken, even by a link. */
export async function createOpen(path: string, mode: number): Promise<FileHandle> {
  const file = await open(path, 'wx', mode);
  try {
    await setMode(await file.stat(), mode, (exact) => file.chmod(exact));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Gives a new folder exactly these permissions, which the process's umask may have narrowed. */
export async function openTo(path: string, mode: number): Promise<void> {
  const found = await orAbsent(stat(path));
  if (found) await orAbsent(setMode(found, mode, (exact) => chmod(path, exact)));
}

/** Sets only the permission bits. The others stay, such as setgid, by which a folder passes on its group. Windows has no modes. */
async function setMode(
  { mode: found }: { readonly mode: number },
  wanted: number,
  set: (mode: number) => Promise<void>,
): Promise<void> {
  if (process.platform === 'win32' || (found & PERMISSIONS) === wanted) return;
  try {
    await set((found & 0o7000) | wanted);
  } catch (error) {
    if (!NO_MODES.includes(codeOf(error) ?? '')) throw error;
  }
}

/** Says what a failed system call means and what the operator can do. */
import { StoreError } from '../../errors.ts';
import { printable } from '../printable.ts';
import { codeOf } from './durable-folder.ts';

const DENIED = 'Permission denied: give this user read and write access to the folder and all that is in it';
const IN_THE_WAY = 'A file is in the place of a folder, or a folder in the place of a file: move it away';
const OPEN_FILES = 'Too many files are open: raise the limit (ulimit -n)';
const HARD_LINKS = "This file system can't do what publishing needs, such as hard links: use a local one";

/** What to do, by the code of the system call's error. */
const ADVICE: { readonly [code: string]: string } = {
  ENOSPC: 'The disk is full: free space on it',
  EDQUOT: 'The disk quota is used up: free space, or raise the quota',
  EFBIG: 'The file is larger than the system allows: raise the limit on file sizes (ulimit -f)',
  EROFS: 'The file system is read-only: make it writable, or choose another folder',
  EACCES: DENIED,
  EPERM: DENIED,
  EMFILE: OPEN_FILES,
  ENFILE: OPEN_FILES,
  EIO: 'The disk or its connection is failing: check it',
  ESTALE: 'The network file system lost the folder: use a local disk',
  ENAMETOOLONG: "The path is too long: choose a folder closer to the file system's root",
  ENOENT: 'A folder was removed in the meantime, or a link to it is broken: create it',
  ENOTDIR: IN_THE_WAY,
  EISDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  ENOTEMPTY: IN_THE_WAY,
  ELOOP: 'A link is in the way: replace it with the folder or file that it points to',
  EXDEV: 'Parts of the store are on different file systems: keep all of it on one',
  ENOTSUP: HARD_LINKS,
  EOPNOTSUPP: HARD_LINKS,
  ENOSYS: HARD_LINKS,
  EMLINK: HARD_LINKS,
};

/**
 * @param what names the call in messages: `could not …`
 * @returns a StoreError, or a bug's error unchanged
 */
export function folderFailure(location: string, what: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const advice = ADVICE[code] ?? 'Fix the folder, its permissions or the disk';
  return new StoreError(`${printable(`${location}: could not ${what}`)} (${code}). ${advice}, and run again`, {
    cause: error,
  });
}

/** The project's files, as git knows them, new ones included. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** `pathspecs` are git's, such as `docs` or `*.md`. */
export function projectFiles(...pathspecs: readonly string[]): readonly string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...pathspecs],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  return [...new Set(listed.split('\0'))].filter((file) => file !== '' && existsSync(join(ROOT, file))).sort();
}

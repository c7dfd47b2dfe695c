/** Finds out how the command line was called, so that every command it advises can be typed as shown. */
import { basename, delimiter, dirname, relative } from 'node:path';
import type { Environment } from '../snapshot/settings.ts';
import { shellWord } from './shell-word.ts';

/** The name of the package, and of the command that it installs. */
export const COMMAND_NAME = 'anodot-user-snapshots';
/** `npm start` without npm's own output, so that standard output holds only the result. */
const IN_A_CLONE = 'npm start --silent --';

/**
 * The words to type before a command: `npm start --silent --` in a clone, `npx anodot-user-snapshots` from the package,
 * `anodot-user-snapshots` if that is on the path, or Node.js with the script.
 * @param script the path of the script that Node.js runs, as in `process.argv[1]`
 * @param folder the working directory
 */
export function calledAs(environment: Environment, script: string, folder: string): string {
  if (environment['npm_lifecycle_event'] === 'start' && environment['npm_package_name'] === COMMAND_NAME)
    return IN_A_CLONE;
  const name = basename(script);
  if (name === COMMAND_NAME || name === 'bin.cjs') {
    const isOnPath = (environment['PATH'] ?? '').split(delimiter).includes(dirname(script));
    return isOnPath && environment['npm_command'] === undefined ? COMMAND_NAME : `npx ${COMMAND_NAME}`;
  }
  return `node ${shellWord(relative(folder, script))}`;
}

/** A command as the user types it. In a clone, the default command without options is `npm start`. */
export const typed = (program: string, ...words: readonly string[]): string =>
  words.length === 0 && program === IN_A_CLONE ? 'npm start' : [program, ...words].join(' ');

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = join(import.meta.dirname, '../../functions/command-line/main.ts');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly environment?: { readonly [name: string]: string };
}

/** Starts the command line in its own process. It inherits no variables of Anodot, AWS or npm, only those given here. */
export function startCommand(
  words: readonly string[],
  { cwd, environment = {} }: CommandOptions,
): { child: ChildProcess; ended: Promise<Ended> } {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ANODOT|SNAPSHOT|AWS|npm)_/.test(name));
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(([out, err]) => ({
    code: child.exitCode,
    out,
    err,
  }));
  return { child, ended };
}

export const runCommand = (words: readonly string[], options: CommandOptions): Promise<Ended> =>
  startCommand(words, options).ended;

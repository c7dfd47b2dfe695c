import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { CommandOptions } from './command.ts';

/** Runs the command line on its own terminal, created by util-linux's script(1), which every Linux has. */

const TOP = join(import.meta.dirname, '../..');
const MAIN = join(TOP, 'functions/command-line/main.ts');

export interface TerminalOptions extends CommandOptions {
  readonly columns: number;
  /** Through `npm start`, in the project's folder. */
  readonly npm?: boolean;
  /** A redirection to append to the command. */
  readonly redirection?: string;
}

export interface OnTerminal {
  /** Types into the terminal. U+0003 is Ctrl-C. */
  type(text: string): void;
  /** Ends script(1), which closes the terminal. */
  close(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly screen: string }>;
}

export function startOnTerminal(words: readonly string[], options: TerminalOptions): OnTerminal {
  const { cwd, environment = {}, columns, npm = false, redirection = '' } = options;
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(ANODOT|SNAPSHOT|AWS|npm)_|^(NO_COLOR|FORCE_COLOR|CI)$/.test(name),
  );
  const program = npm ? ['npm', 'start', '--silent', '--'] : [process.execPath, MAIN];
  const command = [...program, ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns}; exec ${command} ${redirection}`, '/dev/null'], {
    cwd: npm ? TOP : cwd,
    env: { ...Object.fromEntries(inherited), SHELL: '/bin/sh', TERM: 'xterm-256color', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = Promise.all([textOf(child.stdout), once(child, 'close')]).then(([screen]) => ({
    code: child.exitCode,
    screen,
  }));
  return { type: (text) => child.stdin.write(text), close: () => child.kill('SIGKILL'), ended };
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Runs a command in this process at a moment that the caller chooses. */
import { Writable } from 'node:stream';
import { Command } from 'commander';
import type { CommandModule } from '../../functions/command-line/command.ts';
import { Output } from '../../functions/command-line/output.ts';

/** @returns the exit code. @throws the command's error */
export async function runCommandAt(now: string, module: CommandModule, words: readonly string[]): Promise<number> {
  const command = module.define(new Command().exitOverride());
  command.parse(words, { from: 'user' });
  const output = () => new Output(new Writable({ write: (_chunk, _encoding, done) => done() }));
  return module.run(command, {
    environment: {},
    program: 'npm start --silent --',
    interrupt: new AbortController().signal,
    now: () => new Date(now),
    out: output(),
    err: output(),
  });
}

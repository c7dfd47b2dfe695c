/** Runs `export` in this process. */
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { define, run } from '../../functions/command-line/commands/export.ts';
import { Output } from '../../functions/command-line/output.ts';
import type { Ended } from './command.ts';

const collected = (): { readonly stream: Writable; readonly text: () => string } => {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
};

export async function exported(
  words: readonly string[],
  interrupt: AbortSignal = new AbortController().signal,
): Promise<Ended> {
  const [out, err] = [collected(), collected()];
  const command = define(new Command('export')).exitOverride().parse(words, { from: 'user' });
  const terminal = {
    environment: {},
    program: 'npx anodot-user-snapshots',
    interrupt,
    now: () => new Date(),
    out: new Output(out.stream),
    err: new Output(err.stream),
  };
  const code = await run(command, terminal);
  await Promise.all([terminal.out.finished(), terminal.err.finished()]);
  return { code, out: out.text(), err: err.text() };
}

/** A new folder for exported files, and what is in it. */
export async function outputFolder(): Promise<{
  readonly file: (name: string) => string;
  readonly names: () => Promise<string[]>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'export-'));
  return { file: (name) => join(path, name), names: () => readdir(path) };
}

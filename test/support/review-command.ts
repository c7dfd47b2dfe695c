/** Runs `review open` and `review close` in this process, at a time that the test chooses. */

import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import * as close from '../../functions/command-line/commands/review-close.ts';
import * as open from '../../functions/command-line/commands/review-open.ts';
import { Output } from '../../functions/command-line/output.ts';
import type { Ended } from './command.ts';

const COMMANDS = { open, close };

/** @throws the command's error */
export async function reviewCommand(name: 'open' | 'close', words: readonly string[], now: Date): Promise<Ended> {
  const { define, run } = COMMANDS[name];
  const [out, err] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(out), text(err)]);
  const terminal = {
    environment: {},
    program: 'npx anodot-user-snapshots',
    interrupt: new AbortController().signal,
    now: () => now,
    out: new Output(out),
    err: new Output(err),
  };
  const parsed = define(new Command(name))
    .exitOverride()
    .parse([...words], { from: 'user' });
  const code = await run(parsed, terminal);
  await Promise.all([terminal.out.finished(), terminal.err.finished()]);
  out.end();
  err.end();
  const [printed, warned] = await texts;
  return { code, out: printed, err: warned };
}

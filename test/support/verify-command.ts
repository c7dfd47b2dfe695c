/** Runs the verify command in this process, at a given time. */
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { expect } from 'vitest';
import { define, run } from '../../functions/command-line/commands/verify.ts';
import { Output } from '../../functions/command-line/output.ts';
import { dtOf } from './clock.ts';

const NOON = `${dtOf(27)}T12:00:00.000Z`;

export async function verify(
  place: string,
  words: readonly string[],
  now = NOON,
): Promise<{ code: number; lines: string[]; err: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const command = define(new Command('verify'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(['--store', place, ...words], { from: 'user' });
  const { signal: interrupt } = new AbortController();
  const [printed, warned] = [new Output(out), new Output(err)];
  const code = await run(command, {
    environment: {},
    program: 'npx anodot-user-snapshots',
    interrupt,
    now: () => new Date(now),
    out: printed,
    err: warned,
  });
  for (const stream of [printed, warned]) {
    stream.end();
    await finished(stream);
  }
  const text = String(out.read() ?? '');
  expect(text.endsWith('\n')).toBe(true);
  return { code, lines: text.slice(0, -1).split('\n'), err: String(err.read() ?? '') };
}

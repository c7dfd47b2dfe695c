/** Runs `snapshot` without a token in this process, at a time that the test chooses, so that days pass as fast as they are taken. */
import { PassThrough } from 'node:stream';
import { type SnapshotOptions, snapshotCommand } from '../../functions/command-line/commands/snapshot.ts';
import { Output } from '../../functions/command-line/output.ts';

export interface SampleRun extends Partial<SnapshotOptions> {
  readonly store: string;
  readonly now: Date;
  readonly interrupt?: AbortSignal;
  /** Called with what is written to standard error. */
  readonly onErr?: (text: string) => void;
}

/** @throws the command's error */
export async function snapshotSample({ now, interrupt, onErr, ...options }: SampleRun) {
  const [out, err] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const texts = { out: '', err: '' };
  out.on('data', (text: string) => {
    texts.out += text;
  });
  err.on('data', (text: string) => {
    texts.err += text;
    onErr?.(text);
  });
  const code = await snapshotCommand(
    { format: 'text', ...options },
    {
      environment: {},
      program: 'npm start --silent --',
      interrupt: interrupt ?? new AbortController().signal,
      now: () => now,
      out: new Output(out, { format: options.format ?? 'text' }),
      err: new Output(err, { lossy: true }),
    },
  );
  return { code, ...texts };
}

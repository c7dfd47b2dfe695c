/** Shows how far a download is, without slowing it down. */
import type { Progress } from '../snapshot/run.ts';
import type { Terminal } from './terminal.ts';
import { plural, size } from './text.ts';

const REDRAW_MILLISECONDS = 100;
const LINE_MILLISECONDS = 5000;

export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Clears the display. */
  stop(): void;
}

/** Users, bytes and rate: one line that is redrawn on a terminal, a plain line every few seconds elsewhere. */
export function showProgress({ err }: Terminal, what: string, quiet: boolean): ProgressDisplay {
  if (quiet) return { update: ignore, stop: ignore };
  const started = performance.now();
  const figures = ({ users, bytes }: Progress): string => {
    const seconds = (performance.now() - started) / 1000;
    return `${plural(users, 'user')}, ${size(bytes)}, ${Math.round(users / seconds).toLocaleString('en')}/s`;
  };
  if (!err.redraws) {
    err.write(`${what}\n`);
    const update = atMostEvery(LINE_MILLISECONDS, (progress) => err.write(`${what}: ${figures(progress)}\n`));
    return { update, stop: ignore };
  }
  err.redraw(what);
  return {
    update: atMostEvery(REDRAW_MILLISECONDS, (progress) => err.redraw(`Received ${figures(progress)}`)), // fits 40 columns
    stop: () => err.clear(),
  };
}

const ignore = (): void => undefined;

function atMostEvery(milliseconds: number, show: (progress: Progress) => void): (progress: Progress) => void {
  let last = performance.now();
  return (progress) => {
    if (performance.now() - last < milliseconds) return;
    last = performance.now();
    show(progress);
  };
}

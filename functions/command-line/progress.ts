/** Shows how far along a download is: a spinner on a terminal, a line every few seconds elsewhere. */
import type { Progress } from '../snapshot/run.ts';
import type { Terminal } from './terminal.ts';
import { plural, size } from './text.ts';

const REDRAW_MILLISECONDS = 100;
const LINE_MILLISECONDS = 5000;
/** ASCII, which every terminal can draw. */
const FRAMES = ['|', '/', '-', '\\'] as const;

export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Clears the display. */
  stop(): void;
}

/**
 * Shows users, bytes, rate and time, on a timer instead of on arrival. So a download that stalls is seen to stall, and a fast one isn't
 * slowed down.
 * @param what is under way, in words
 */
export function showProgress({ err }: Pick<Terminal, 'err'>, what: string, quiet: boolean): ProgressDisplay {
  if (quiet) return { update: ignore, stop: ignore };
  const started = performance.now();
  let received: Progress = { users: 0, bytes: 0 };
  const figures = (): string => {
    const seconds = (performance.now() - started) / 1000;
    const rate = Math.round(received.users / seconds).toLocaleString('en');
    const [users, speed] = received.users === 0 ? ['', ''] : [`${plural(received.users, 'user')}, `, `${rate}/s, `];
    return `${users}${size(received.bytes)}, ${speed}${Math.round(seconds)} s`;
  };
  let frame = 0;
  const redraw = (): void => {
    const spinner = FRAMES[frame++ % FRAMES.length];
    err.redraw(`${spinner} ${received.bytes === 0 ? what : figures()}`); // the figures of a large account fit 40 columns
  };
  const start = err.redraws ? redraw : () => void err.write(`${what}\n`);
  const show = err.redraws ? redraw : () => void err.write(`${what}: ${figures()}\n`);
  start();
  const timer = setInterval(show, err.redraws ? REDRAW_MILLISECONDS : LINE_MILLISECONDS).unref();
  return {
    update: (progress) => {
      received = progress;
    },
    stop: () => {
      clearInterval(timer);
      err.clear();
    },
  };
}

const ignore = (): void => undefined;

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
export async function showProgress(terminal: Terminal, what: string, quiet: boolean): Promise<ProgressDisplay> {
  if (quiet) return { update: () => undefined, stop: () => undefined };
  const started = performance.now();
  const describe = ({ users, bytes }: Progress): string => {
    const seconds = (performance.now() - started) / 1000;
    return `${what}: ${plural(users, 'user')}, ${size(bytes)}, ${Math.round(users / seconds).toLocaleString('en')} users/s`;
  };
  if (!terminal.err.isTTY) {
    terminal.err.write(`${what}\n`);
    return {
      update: atMostEvery(LINE_MILLISECONDS, (progress) => terminal.err.write(`${describe(progress)}\n`)),
      stop: () => undefined,
    };
  }
  const { default: ora } = await import('ora'); // only for a terminal: it takes time and memory
  const spinner = ora({ text: what, stream: terminal.err, discardStdin: false }).start();
  const update = (progress: Progress) => {
    spinner.text = describe(progress);
  };
  return { update: atMostEvery(REDRAW_MILLISECONDS, update), stop: () => spinner.stop() };
}

function atMostEvery(milliseconds: number, show: (progress: Progress) => void): (progress: Progress) => void {
  let last = performance.now();
  return (progress) => {
    if (performance.now() - last < milliseconds) return;
    last = performance.now();
    show(progress);
  };
}

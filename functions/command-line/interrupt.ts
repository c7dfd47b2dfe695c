/** Turns the signals that stop a process into one interrupt, so that a command can clean up first. */
import { InterruptedError } from '../snapshot/errors.ts';
import { CODES, onSignal, type SignalName } from './signals.cjs';

/**
 * Signals within this time of the first are the same request. Under `npm start`, Ctrl-C arrives twice: from the terminal and from npm.
 * systemd also signals both npm and this process.
 */
const SAME_REQUEST_MILLISECONDS = 1000;
/** How long native code has to notice an interrupt. Then the process ends without it. */
const NOTICE_MILLISECONDS = 1000;

/** Native code on another thread ignored the interrupt. `exit` would wait for it, perhaps forever. */
export class UnstoppedError extends InterruptedError {}

/**
 * Includes signals that arrived while the command line was loading.
 * @param message of the InterruptedError that the returned signal aborts with
 * @param endNow ends the process, because the operator asked twice
 */
export function interruptOn(message: string, endNow: (code: number) => void): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  onSignal((name) => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort(new InterruptedError(message, CODES[name]));
    } else if (performance.now() - first > SAME_REQUEST_MILLISECONDS) endNow(CODES[name]);
  });
  return controller.signal;
}

/**
 * The result of `work`, which must stop by itself soon after an interrupt.
 * @throws UnstoppedError if it doesn't
 */
export async function orUnstopped<T>(work: Promise<T>, interrupt: AbortSignal): Promise<T> {
  const unstopped = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const { reason } = interrupt;
    const error = reason instanceof InterruptedError ? new UnstoppedError(reason.message, reason.code) : reason;
    timer = setTimeout(() => unstopped.reject(error), NOTICE_MILLISECONDS);
  };
  interrupt.addEventListener('abort', wait);
  if (interrupt.aborted) wait();
  try {
    return await Promise.race([work, unstopped.promise]);
  } finally {
    interrupt.removeEventListener('abort', wait);
    clearTimeout(timer);
  }
}

/** Ends the process with the signal that has this exit code. Shells report the same code, and the system doesn't wait for threads. */
export function dieOfSignal(code: number): void {
  const isOf = (name: string): name is SignalName => name in CODES;
  for (const name of Object.keys(CODES).filter(isOf)) {
    if (CODES[name] !== code) continue;
    process.removeAllListeners(name);
    process.kill(process.pid, name);
  }
}

/** Turns the signals that stop a process into one interrupt, so that a command can clean up before it ends. */
import { InterruptedError } from '../snapshot/errors.ts';
import { CODES, onSignal, type SignalName } from './signals.cjs';

/**
 * Later signals within this time are the same request: under `npm start`, Ctrl-C arrives from the terminal and once more from npm, and
 * systemd signals npm and this process alike.
 */
const SAME_REQUEST_MILLISECONDS = 1000;
/** How long native code may take to notice an interrupt, before the process ends without it. */
const NOTICE_MILLISECONDS = 1000;

/** Work that native code does on another thread went on after the interrupt: `exit` would wait for it, perhaps for ever. */
export class UnstoppedError extends InterruptedError {}

/**
 * Signals that came while the command line was loading count as well.
 * @param message of the InterruptedError that the signal aborts with
 * @param endNow ends the process: the operator asked a second time
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

/** The result of `work`, or the interrupt if it comes first. Only for work that has nothing to clean up: it isn't stopped. */
export async function orInterrupted<T>(work: Promise<T>, interrupt: AbortSignal): Promise<T> {
  const interrupted = Promise.withResolvers<never>();
  const reject = () => interrupted.reject(interrupt.reason);
  interrupt.addEventListener('abort', reject);
  if (interrupt.aborted) reject();
  try {
    return await Promise.race([work, interrupted.promise]);
  } finally {
    interrupt.removeEventListener('abort', reject);
  }
}

/**
 * The result of `work`, which stops by itself soon after an interrupt.
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

/** Ends the process by the signal of this exit code, which shells report as the same code: the system waits for no thread then. */
export function dieOfSignal(code: number): void {
  const isOf = (name: string): name is SignalName => name in CODES;
  for (const name of Object.keys(CODES).filter(isOf)) {
    if (CODES[name] !== code) continue;
    process.removeAllListeners(name);
    process.kill(process.pid, name);
  }
}

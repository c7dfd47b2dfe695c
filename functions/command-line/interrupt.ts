/** Turns the signals that stop a process into one interrupt, so that a command can clean up before it ends. */
import { InterruptedError } from '../snapshot/errors.ts';

/** The exit codes, as shells have them: 128 plus the signal's number. SIGHUP: the terminal was closed. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/**
 * Later signals within this time are the same request: under `npm start`, Ctrl-C arrives from the terminal and once more from npm, and
 * systemd signals npm and this process alike.
 */
const SAME_REQUEST_MILLISECONDS = 1000;

export interface Signals {
  on(signal: keyof typeof CODES, listener: () => void): unknown;
}

/**
 * The handlers stay for the life of the process: without one, a repeated signal would kill it while it cleans up.
 * @param message of the InterruptedError that the signal aborts with
 * @param endNow ends the process: the operator asked a second time
 */
export function interruptOn(process: Signals, message: string, endNow: (code: number) => void): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const handle = (code: number) => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort(new InterruptedError(message, code));
    } else if (performance.now() - first > SAME_REQUEST_MILLISECONDS) endNow(code);
  };
  process.on('SIGINT', () => handle(CODES.SIGINT));
  process.on('SIGTERM', () => handle(CODES.SIGTERM));
  process.on('SIGHUP', () => handle(CODES.SIGHUP));
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

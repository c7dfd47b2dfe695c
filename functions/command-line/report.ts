/** Reports how a command failed: in words if an operator can act on it, and only by its stack frames if it is a bug. */
import { failureOf } from '../lambda/failure.ts';
import { OperatorError } from '../snapshot/errors.ts';
import type { Terminal } from './terminal.ts';

/** Line ends in a message, which may quote a file's name. The next line is indented, so that it can't pass for our own output. */
const LINE_ENDS = /\r\n|[\n\r\u0085\u2028\u2029]/g;

/**
 * Writes to standard error and, if the format is `json` and no result was begun, a JSON object to standard output.
 * @returns the exit code
 */
export function report(error: unknown, { out, err }: Pick<Terminal, 'out' | 'err'>, format: string): number {
  const { name, code, message, frames = [] } = failureOf(error);
  const whole = message + causeOf(error);
  const lines = [`${name}: ${whole.replaceAll(LINE_ENDS, '\n    ')}`, ...frames.map((frame) => `    ${frame}`)];
  err.write(`${lines.join('\n')}\n`);
  if (format === 'json') printFailure(out, { name, code, message: whole });
  return code;
}

/** Prints a failure as JSON, unless a result has begun: the two together would be neither. */
export function printFailure(
  out: Terminal['out'],
  error: { readonly name: string; readonly code: number; readonly message: string },
): void {
  if (!out.hasWritten) out.write(`${JSON.stringify({ error })}\n`);
}

/** The platform's error, such as a full disk, unless the message already contains it. */
function causeOf(error: unknown): string {
  if (!(error instanceof OperatorError && error.cause instanceof OperatorError)) return '';
  const { message } = error.cause;
  return error.message.includes(message) ? '' : ` (${message})`;
}

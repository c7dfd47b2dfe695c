/** Reports how a command failed: what an operator can act on in words, a bug by the frames of its stack and nothing else. */
import { failureOf } from '../lambda/failure.ts';
import { OperatorError } from '../snapshot/errors.ts';
import type { Terminal } from './terminal.ts';

/** Line ends in a message, which may quote a file's name: what follows is indented, so that it can't pass for a line of its own. */
const LINE_ENDS = /\r\n|[\n\r\u0085\u2028\u2029]/g;

/**
 * On standard error; on standard output as well, as JSON, if that is the format.
 * @returns the exit code
 */
export function report(error: unknown, { out, err }: Pick<Terminal, 'out' | 'err'>, format: string): number {
  const { name, code, message, frames = [] } = failureOf(error);
  const whole = message + causeOf(error);
  const lines = [`${name}: ${whole.replaceAll(LINE_ENDS, '\n    ')}`, ...frames.map((frame) => `    ${frame}`)];
  err.write(`${lines.join('\n')}\n`);
  if (format === 'json') out.write(`${JSON.stringify({ error: { name, code, message: whole } })}\n`);
  return code;
}

/** What the platform said, such as a full disk, if the message doesn't say it already. */
function causeOf(error: unknown): string {
  if (!(error instanceof OperatorError && error.cause instanceof OperatorError)) return '';
  const { message } = error.cause;
  return error.message.includes(message) ? '' : ` (${message})`;
}

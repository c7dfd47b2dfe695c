import { OperatorError } from '../snapshot/errors.ts';

/** The parts of a failure that may be logged and returned. Never its cause, since loggers print everything in it. */
export interface Failure {
  readonly name: string;
  readonly code: number;
  readonly message: string;
  /** The stack frames of a bug. */
  readonly frames?: readonly string[];
}

/** Replaces a bug's own message, which may quote user data. */
const BUG_MESSAGE =
  'a bug in this program. Its own message is withheld, since it may quote user data. Report it with the stack frames';
/** The file of a stack frame: a module of Node.js, a URL, or a path, in which Windows has a drive. */
const FILE = '(?:node:|file://|/|[A-Za-z]:\\\\)';
/** A stack frame of V8, `at Name.of.function (file:1:2)`. Any other line of a stack may hold data. */
const FRAME = new RegExp(
  `^ {4}at (?:async )?(?:(?:new )?[\\w$.#<>]+(?: \\[as [\\w$.#]+\\])? \\(${FILE}[^()]+:\\d+:\\d+\\)|${FILE}[^\\s()]+:\\d+:\\d+)$`,
);

export function failureOf(error: unknown): Failure {
  if (error instanceof OperatorError) return { name: error.name, code: error.code, message: error.message };
  return { name: nameOf(error), code: 1, message: BUG_MESSAGE, frames: framesOf(error) };
}

/** The error that a handler throws. Lambda logs its name, message and stack, and returns them to the caller. */
export function thrownFor(error: unknown): Error {
  if (error instanceof OperatorError) return error;
  const { name, message, frames = [] } = failureOf(error);
  const bug = new Error(message);
  bug.name = name;
  bug.stack = [`${name}: ${message}`, ...frames.map((frame) => `    ${frame}`)].join('\n');
  return bug;
}

const nameOf = (error: unknown): string =>
  error instanceof Error && /^[A-Za-z]\w{0,63}$/.test(error.name) ? error.name : 'Error';

/** The frames come after the message, which may have several lines, some of which may look like frames. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const { stack, message } = error;
  const header = message === '' ? -1 : stack.indexOf(`: ${message}\n`);
  const lines = stack.slice(header === -1 ? 0 : header + message.length + 2).split('\n');
  const last = lines.findLastIndex((line) => !line.startsWith('    at '));
  return lines
    .slice(last + 1)
    .filter((line) => FRAME.test(line))
    .map((line) => line.trim());
}

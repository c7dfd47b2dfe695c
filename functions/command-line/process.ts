/** Runs the command that was typed. Whatever happens, everything is written before the process ends with an exit code. */
import { CommanderError } from 'commander';
import { SettingsError } from '../snapshot/errors.ts';
import '../snapshot/heap.ts';
import { calledAs } from './called-as.ts';
import { dieOfSignal, interruptOn, UnstoppedError } from './interrupt.ts';
import { Output } from './output.ts';
import { DEFAULT_COMMAND, formatIn, runProgram, wordsOf } from './program.ts';
import { printFailure, report } from './report.ts';
import type { Terminal } from './terminal.ts';

const words = wordsOf(process.argv.slice(2));
const format = formatIn(words);
/** With `--quiet`, standard output stays empty. */
const failureFormat = words.includes('--quiet') ? 'text' : format;
const out = new Output(process.stdout, { format });
const err = new Output(process.stderr, { lossy: true, terminalType: process.env['CI'] ? 'dumb' : process.env['TERM'] }); // a CI's log can't redraw a line either

const publishes = words[0] === DEFAULT_COMMAND;
const interrupt = interruptOn(publishes ? 'interrupted; nothing was published' : 'interrupted', (code) => {
  err.write(
    `interrupted again: stopped at once.${publishes ? ' A later run removes what was staged, after seven days.' : ''}\n`,
  );
  process.exit(code);
});
const program = calledAs(process.env, process.argv[1] ?? '', process.cwd());
const input = () => process.stdin;
const terminal: Terminal = { environment: process.env, program, interrupt, now: () => new Date(), out, err, input };
process.on('uncaughtException', (error) => process.exit(report(error, terminal, failureFormat)));

interface Ending {
  readonly code: number;
  /** Native work is still going on, and `exit` would wait for it. */
  readonly unstopped?: boolean;
}

/** The exit code of commander's own ending: 0 after the help. It has already reported words that it can't parse on standard error. */
function rejected({ exitCode, message }: CommanderError): number {
  if (exitCode === 0) return 0;
  const { name, code } = new SettingsError(message);
  if (failureFormat === 'json') printFailure(out, { name, code, message });
  return code;
}

/** Runs the command and reports its failure, if any. */
async function ending(): Promise<Ending> {
  try {
    return { code: await runProgram(words, terminal) };
  } catch (error) {
    if (error instanceof CommanderError) return { code: rejected(error) };
    if (error === out.errored) return { code: 0 }; // the reader is gone, or `failure` is reported
    return { code: report(error, terminal, failureFormat), unstopped: error instanceof UnstoppedError };
  }
}

/** Runs the command, writes everything that it printed, and ends the process. */
export async function runToEnd(): Promise<never> {
  const { code, unstopped } = await ending();
  await out.finished();
  const failure = out.failure && report(out.failure, terminal, 'text');
  await err.finished();
  if (unstopped) dieOfSignal(code);
  process.exit(code || failure || 0); // an interrupted command may still be reading
}

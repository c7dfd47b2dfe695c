/** The command line: finds the command that the words name, loads it, runs it, and reports how it ended as text and exit code. */
import { Command, CommanderError } from 'commander';
import { PROGRAM_VERSION } from '../snapshot/contract.ts';
import { InterruptedError, OperatorError } from '../snapshot/errors.ts';
import type { CommandModule } from './command.ts';
import type { Terminal } from './terminal.ts';

/** In the order of the help. Only the file of the command that is run is loaded, or all of them for the help: start-up time counts. */
const COMMANDS: ReadonlyMap<string, () => Promise<CommandModule>> = new Map([
  ['snapshot', () => import('./commands/snapshot.ts')],
  ['check', () => import('./commands/check.ts')],
  ['verify', () => import('./commands/verify.ts')],
  ['changes', () => import('./commands/changes.ts')],
  ['query', () => import('./commands/query.ts')],
]);
const DEFAULT_COMMAND = 'snapshot';
const HELP = ['-h', '--help'];
const VERSION = ['-V', '--version'];

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupt.abort(new InterruptedError('interrupted; nothing was published')));
}

// The reader of the output may have read enough (`| head`).
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
  process.exit();
});

const terminal: Terminal = {
  environment: process.env,
  interrupt: interrupt.signal,
  now: () => new Date(),
  out: process.stdout,
  err: process.stderr,
};

/** Without a command the options are those of the default command. A query may begin with a comment, which isn't an option. */
function wordsOf(given: readonly string[]): string[] {
  const words = given.map((word) => (/^--\s/.test(word) ? `\n${word}` : word));
  const [first = DEFAULT_COMMAND] = words;
  const isOption = first.startsWith('-') && ![...HELP, ...VERSION].includes(first);
  return words.length === 0 || isOption ? [DEFAULT_COMMAND, ...words] : words;
}

/** The program with the one command that the first word names; with all of them for the help, or if it names none. */
async function programFor(first = ''): Promise<Command> {
  const program = new Command('anodot-user-snapshots')
    .description('A dated, verified record of who has access to an Anodot account. Without a command: snapshot.')
    .version(PROGRAM_VERSION)
    .exitOverride()
    .showHelpAfterError('(--help lists commands and options)');
  if (VERSION.includes(first)) return program;
  const needed = [...COMMANDS].filter(([name]) => name === first || !COMMANDS.has(first));
  const loaded = await Promise.all(needed.map(async ([name, load]) => ({ name, module: await load() })));
  for (const { name, module } of loaded) {
    const command = module.define(program.command(name));
    command.action(async () => {
      process.exitCode = await module.run(command, terminal);
    });
  }
  return program;
}

/** What the failure means, on standard error; as JSON on standard output too if the words ask for JSON. */
function report(error: OperatorError, words: readonly string[]): void {
  process.stderr.write(`${error.name}: ${error.message}\n`);
  if (words.some((word, i) => word === '--format=json' || (word === '--format' && words[i + 1] === 'json')))
    process.stdout.write(
      `${JSON.stringify({ error: { name: error.name, code: error.code, message: error.message } })}\n`,
    );
}

const words = wordsOf(process.argv.slice(2));
try {
  await (await programFor(words[0])).parseAsync(words, { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof OperatorError) {
    report(error, words);
    process.exitCode = error.code;
  } else throw error;
}

/** Finds the command that the words name, loads it and runs it. */
import { setImmediate as turn } from 'node:timers/promises';
import { Command } from 'commander';
import { PROGRAM_VERSION } from '../snapshot/contract.ts';
import { COMMAND_NAME } from './called-as.ts';
import type { CommandModule } from './command.ts';
import { orInterrupted } from './interrupt.ts';
import type { Terminal } from './terminal.ts';

/** In the order of the help. Only the file of the command that is run is loaded, or all of them for the help: start-up time counts. */
const COMMANDS: ReadonlyMap<string, () => Promise<CommandModule>> = new Map<string, () => Promise<CommandModule>>([
  ['snapshot', () => import('./commands/snapshot.ts')],
  ['check', () => import('./commands/check.ts')],
  ['status', () => import('./commands/status.ts')],
  ['changes', () => import('./commands/changes.ts')],
  ['diff', () => import('./commands/diff.ts')],
  ['verify', () => import('./commands/verify.ts')],
  ['query', () => import('./commands/query.ts')],
]);
export const DEFAULT_COMMAND = 'snapshot';
const HELP = ['-h', '--help'];
const VERSION = ['-V', '--version'];

/** Without a command the options are those of the default command. A query may begin with a comment, which isn't an option. */
export function wordsOf(given: readonly string[]): string[] {
  const words = given.map((word) => (/^--\s/.test(word) ? `\n${word}` : word));
  const [first = DEFAULT_COMMAND] = words;
  const isOption = first.startsWith('-') && ![...HELP, ...VERSION].includes(first);
  return words.length === 0 || isOption ? [DEFAULT_COMMAND, ...words] : words;
}

/** The format that the words ask for, before they are parsed: a failure to parse them is reported in it, too. */
export function formatIn(words: readonly string[]): string {
  const at = words.findLastIndex((word) => word === '--format' || word.startsWith('--format='));
  return words[at]?.split('=')[1] ?? (at === -1 ? undefined : words[at + 1]) ?? 'text';
}

/**
 * @returns the exit code
 * @throws CommanderError if the words are wrong, which has been reported, or the command's own error
 */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const program = await programFor(words[0] ?? '', terminal, (ended) => {
    code = ended;
  });
  await turn(); // a signal that came while modules were loaded is noticed only now
  terminal.interrupt.throwIfAborted();
  await program.parseAsync(words, { from: 'user' });
  return code;
}

/** The program with the one command that the first word names; with all of them for the help, or if it names none. */
async function programFor(first: string, terminal: Terminal, onEnd: (code: number) => void): Promise<Command> {
  const program = new Command(COMMAND_NAME)
    .description('A dated, verified record of who has access to an Anodot account. Without a command: snapshot.')
    .version(PROGRAM_VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    })
    .showHelpAfterError('(--help lists commands and options)');
  if (VERSION.includes(first)) return program;
  const needed = [...COMMANDS].filter(([name]) => name === first || !COMMANDS.has(first));
  const loaded = await Promise.all(needed.map(async ([name, load]) => ({ name, module: await load() })));
  for (const { name, module } of loaded) {
    const command = module.define(program.command(name));
    command.action(async () => {
      const work = module.run(command, terminal);
      onEnd(await (module.cleansUp ? work : orInterrupted(work, terminal.interrupt)));
    });
  }
  return program;
}

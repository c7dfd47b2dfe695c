/** Finds, loads and runs the command that the words name. Adds what every command has: examples, `--verbose` and the end of the help. */
import { setImmediate as turn } from 'node:timers/promises';
import { Command } from 'commander';
import { PROGRAM_VERSION } from '../snapshot/contract.ts';
import { orAborted } from '../snapshot/deadline.ts';
import type { CommandGroup, CommandModule } from './command.ts';
import { commandHelp, helpWidth, programHelp, summaryOf } from './help.ts';
import type { Terminal } from './terminal.ts';
import { requestLog, VERBOSE } from './verbose.ts';

type Load = () => Promise<CommandModule | CommandGroup>;
/** In the order of the help. A command loads only its own file, to start quickly. The help loads them all. */
const COMMANDS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['snapshot', () => import('./commands/snapshot.ts')],
  ['check', () => import('./commands/check.ts')],
  ['status', () => import('./commands/status.ts')],
  ['changes', () => import('./commands/changes.ts')],
  ['diff', () => import('./commands/diff.ts')],
  ['verify', () => import('./commands/verify.ts')],
  ['query', () => import('./commands/query.ts')],
  ['report', () => import('./commands/report.ts')],
  ['review', () => import('./commands/review.ts')],
  ['export', () => import('./commands/export.ts')],
]);
export const DEFAULT_COMMAND = 'snapshot';
const HELP = ['-h', '--help'];
const VERSION = ['-V', '--version'];

/** Without a command, the options are those of the default command. A query may begin with a comment, which isn't an option. */
export function wordsOf(given: readonly string[]): string[] {
  const words = given.map((word) => (/^--\s/.test(word) ? `\n${word}` : word));
  const [first = DEFAULT_COMMAND] = words;
  const isOption = first.startsWith('-') && ![...HELP, ...VERSION].includes(first);
  return words.length === 0 || isOption ? [DEFAULT_COMMAND, ...words] : words;
}

/** The format that the words ask for, before they are parsed: even a failure to parse them is reported in this format. */
export function formatIn(words: readonly string[]): string {
  const at = words.findLastIndex((word) => word === '--format' || word.startsWith('--format='));
  return words[at]?.split('=')[1] ?? (at === -1 ? undefined : words[at + 1]) ?? 'text';
}

/**
 * @returns the exit code
 * @throws CommanderError if the words are wrong, after reporting it; otherwise the command's own error
 */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const program = await programFor(words[0] ?? '', terminal, (ended) => {
    code = ended;
  });
  await turn(); // a signal that arrived while modules were loading is noticed only now
  terminal.interrupt.throwIfAborted();
  await program.parseAsync(words, { from: 'user' });
  return code;
}

/** The program with the command that the first word names. If it names none, as for the help, the program has all of them. */
async function programFor(first: string, terminal: Terminal, onEnd: (code: number) => void): Promise<Command> {
  const program = new Command(terminal.program)
    .description('A dated, verified record of who has access to an Anodot account. The default command is snapshot.')
    .version(PROGRAM_VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      getOutHelpWidth: () => helpWidth(terminal),
      getErrHelpWidth: () => helpWidth(terminal),
    })
    .configureHelp({ subcommandTerm: (command) => command.name(), subcommandDescription: summaryOf })
    .addHelpText('after', () => programHelp(terminal))
    .showHelpAfterError('(--help lists commands and options)');
  if (VERSION.includes(first)) return program;
  const needed = [...COMMANDS].filter(([name]) => name === first || !COMMANDS.has(first));
  const loaded = await Promise.all(needed.map(async ([name, load]) => ({ name, module: await load() })));
  for (const { name, module } of loaded) addCommand(program.command(name), module, terminal, onEnd);
  return program;
}

function addCommand(
  command: Command,
  module: CommandModule | CommandGroup,
  terminal: Terminal,
  onEnd: (code: number) => void,
): void {
  module.define(command).addHelpText('after', () => commandHelp(module, terminal));
  if ('subcommands' in module) {
    for (const [name, subcommand] of module.subcommands) addCommand(command.command(name), subcommand, terminal, onEnd);
    nameSubcommands(command);
    return;
  }
  if (module.reaches !== 'nothing') command.option(...VERBOSE);
  command.action(async () => {
    const { verbose } = command.opts<{ readonly verbose?: true }>();
    const work = module.run(command, verbose ? { ...terminal, onRequest: requestLog(terminal) } : terminal);
    onEnd(await (module.cleansUp ? work : orAborted(work, terminal.interrupt)));
  });
}

/** Says which subcommands there are if none is named, and which of them has an option that was given without naming one. */
function nameSubcommands(command: Command): void {
  const names = command.commands.map((subcommand) => subcommand.name());
  command
    .addHelpText('before', ({ error }) => (error ? `Name one of: ${names.join(', ')}\n` : ''))
    .configureOutput({
      outputError: (text, write) => {
        const [, flag] = /unknown option '(--[^'=]+)/.exec(text) ?? [];
        const having = command.commands.filter(({ options }) => options.some(({ long }) => long === flag));
        const owners = having.map((subcommand) => `${command.name()} ${subcommand.name()}`);
        write(owners.length === 0 ? text : `${text}${flag} belongs to: ${owners.join(', ')}\n`);
      },
    });
}

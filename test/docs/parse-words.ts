/** Parses the words of a command, and fails with 2 if the command line would reject them. Runs nothing. */
import { Command } from 'commander';
import * as z from 'zod';
import type { CommandModule } from '../../functions/command-line/command.ts';
import { wordsOf } from '../../functions/command-line/program.ts';
import { VERBOSE } from '../../functions/command-line/verbose.ts';

const [name = '', ...all] = wordsOf(process.argv.slice(2));
const define = z.custom<CommandModule['define']>((value) => typeof value === 'function');
const MODULE = z.object({ define, reaches: z.string().optional() });
const GROUP = MODULE.extend({ subcommands: z.map(z.string(), MODULE).optional() });
const group = GROUP.parse(await import(`../../functions/command-line/commands/${name}.ts`));
const subcommand = group.subcommands?.get(all[0] ?? '');
const [module, words] = subcommand ? [subcommand, all.slice(1)] : [group, all];
const command = module.define(new Command(name));
if (module.reaches !== 'nothing') command.option(...VERBOSE);
command
  .exitOverride()
  .action(() => undefined)
  .parse(words, { from: 'user' });

/** What each file in `commands/` exports: all that program.ts needs to offer a command. */
import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** The words to type after the program's name, and what they do. Words for a shell are already quoted. */
export type Example = readonly [words: string | readonly string[], meaning: string];

/** The help loads these files too, so `run` imports whatever takes long to load. */
export interface CommandModule {
  /**
   * Adds the description, arguments and options to a command that already has its name. The list of commands shows the description up to
   * its first period or colon.
   */
  define(command: Command): Command;
  /** Does what the parsed command asks for. Returns the exit code. */
  run(parsed: Command, terminal: Terminal): Promise<number>;
  /** Set if an interrupt leaves something to clean up: `run` is then awaited. Otherwise the process ends at once. */
  readonly cleansUp?: true;
  /** The help shows them. */
  readonly examples?: readonly Example[];
  /**
   * What the command sends requests to, for its help and for `--verbose`: the account and the store, or nothing. Default: the store.
   */
  readonly reaches?: 'account' | 'nothing';
}

/** A command that only groups others, such as `review open` and `review close`. Each of them has its own help. */
export interface CommandGroup extends Pick<CommandModule, 'define' | 'examples' | 'reaches'> {
  /** In the order of the help. */
  readonly subcommands: ReadonlyMap<string, CommandModule>;
}

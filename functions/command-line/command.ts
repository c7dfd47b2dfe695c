import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/**
 * What each file in `commands/` exports, which is all that program.ts needs to offer a command. The help loads these files too, so
 * `run` imports whatever takes long to load.
 */
export interface CommandModule {
  /** Adds the description, arguments and options to a command that has its name already. */
  define(command: Command): Command;
  /** Does what the parsed command asks for. Returns the exit code. */
  run(parsed: Command, terminal: Terminal): Promise<number>;
  /** Set if an interrupt leaves something to clean up: `run` is then awaited. Otherwise the process ends at once. */
  readonly cleansUp?: true;
}

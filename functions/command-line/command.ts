import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** What each file in `commands/` exports. main.ts needs nothing else to offer a command, and loads the file only for that. */
export interface CommandModule {
  /** Adds the description, arguments and options to a command that has its name already. */
  define(command: Command): Command;
  /** Does what the parsed command asks for. Returns the exit code. */
  run(parsed: Command, terminal: Terminal): Promise<number>;
}

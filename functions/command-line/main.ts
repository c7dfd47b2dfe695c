import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CHANGES, type ChangeKind, FORMATS, type Format, PROGRAM_VERSION } from '../snapshot/contract.ts';
import { InterruptedError, OperatorError } from '../snapshot/errors.ts';
import type { Terminal } from './terminal.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupt.abort(new InterruptedError('interrupted; nothing was published')));
}

// Who reads the output may have read enough (`| head`).
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

const store = () =>
  new Option('--store <place>', 'where the snapshots lie: a folder, or s3://bucket/prefix').default(
    undefined,
    './snapshots',
  );
const format = () =>
  new Option('--format <format>', 'how the result is printed').choices(['text', 'json']).default('text');

function formats(list: string): readonly Format[] {
  const named = list.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !FORMATS.some((known) => known === name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`Allowed are ${FORMATS.join(', ')}, parted by commas; json is always one.`);
  return FORMATS.filter((known) => known === 'json' || named.includes(known));
}

function changeKinds(list: string): readonly ChangeKind[] {
  const named = list.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !CHANGES.some((known) => known === name));
  if (unknown.length > 0) throw new InvalidArgumentError(`Allowed are ${CHANGES.join(', ')}, parted by commas.`);
  return CHANGES.filter((known) => named.includes(known));
}

function date(text: string): string {
  const day = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? text : Number.NaN);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('Expected a date like 2026-11-23.');
  return text;
}

function sha256(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('Expected a SHA-256 of 64 hex digits.');
  return text.toLowerCase();
}

let code = 0;
const program = new Command('anodot-user-snapshots')
  .description('A dated, verified record of who has access to an Anodot account. Without a command: snapshot.')
  .version(PROGRAM_VERSION)
  .exitOverride()
  .showHelpAfterError('(--help lists commands and options)');

program
  .command('snapshot')
  .description('Take a snapshot of all users. Without ANODOT_TOKEN: of the sample account, into ./sample-snapshots')
  .addOption(store())
  .option('--formats <list>', `formats to write: ${FORMATS.join(',')}`, formats)
  .option('--force', 'skip the comparisons with the snapshot before, where they refuse this one')
  .option('--quiet', 'print nothing but errors')
  .addOption(format())
  .action(async (options) => {
    const { snapshotCommand } = await import('./commands/snapshot.ts');
    code = await snapshotCommand(options, terminal);
  });

program
  .command('check')
  .description('Try settings, token, exchange, users endpoint and store; leaves nothing behind')
  .addOption(store())
  .addOption(format())
  .action(async (options) => {
    const { checkCommand } = await import('./commands/check.ts');
    code = await checkCommand(options, terminal);
  });

program
  .command('verify')
  .description('Read the snapshots back: 0 sound, 9 damaged, 10 interrupted, 11 nothing to verify')
  .addOption(store())
  .option('--dt <date>', 'one day only', date)
  .option('--expect <hash>', 'SHA-256 that a commit of the store must have, noted elsewhere', sha256)
  .addOption(format())
  .action(async (options) => {
    const { verifyCommand } = await import('./commands/verify.ts');
    code = await verifyCommand(options, terminal);
  });

program
  .command('changes')
  .description('Show what changed from snapshot to snapshot')
  .addOption(store())
  .option('--since <date>', 'snapshots of this date and later', date)
  .option('--until <date>', 'snapshots of this date and earlier', date)
  .option('--only <list>', 'kinds of change, such as admin_granted,joined', changeKinds)
  .addOption(
    new Option('--format <format>', 'how the result is printed').choices(['text', 'json', 'csv']).default('text'),
  )
  .action(async (options) => {
    const { changesCommand } = await import('./commands/changes.ts');
    code = await changesCommand(options, terminal);
  });

program
  .command('query')
  .description('Ask the snapshots in a folder, with the same tables and views as Athena. Without SQL: their names')
  .argument('[sql]', 'one SELECT')
  .addOption(new Option('--store <folder>', 'where the snapshots lie').default(undefined, './snapshots'))
  .addOption(
    new Option('--format <format>', 'how the result is printed')
      .choices(['text', 'json', 'csv', 'markdown'])
      .default('text'),
  )
  .action(async (sql, options) => {
    const { queryCommand } = await import('./commands/query.ts');
    code = await queryCommand(sql, options, terminal);
  });

/** Without a command the options are those of `snapshot`. */
function withDefaultCommand([first, ...rest]: string[]): string[] {
  if (first === undefined) return ['snapshot'];
  const ours = first.startsWith('-') && !['-h', '--help', '-V', '--version'].includes(first);
  return ours ? ['snapshot', first, ...rest] : [first, ...rest];
}

/** What the failure means, on standard error; as JSON on standard output where that was asked for. */
function report(error: OperatorError, asJson: boolean): void {
  process.stderr.write(`${error.name}: ${error.message}\n`);
  if (asJson)
    process.stdout.write(
      `${JSON.stringify({ error: { name: error.name, code: error.code, message: error.message } })}\n`,
    );
}

/** A query may begin with a comment, which isn't an option. */
const words = process.argv.slice(2).map((word) => (/^--\s/.test(word) ? `\n${word}` : word));
try {
  await program.parseAsync(withDefaultCommand(words), { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError) code = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof OperatorError) {
    report(
      error,
      words.some((word, i) => word === '--format=json' || (word === '--format' && words[i + 1] === 'json')),
    );
    code = error.code;
  } else throw error;
}
process.exitCode = code;

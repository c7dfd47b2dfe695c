/** `check`: tries each thing that a snapshot needs, and leaves nothing behind. */
import type { Command } from 'commander';
import type { Check } from '../../snapshot/check.ts';
import { ENVIRONMENT } from '../../snapshot/contract.ts';
import { onOneLine } from '../../snapshot/format/cell-text.ts';
import { formatOption, storeOption } from '../options.ts';
import { Table } from '../table.ts';
import { DEFAULT_STORE, newDeadline, openStore, type Terminal } from '../terminal.ts';

/** The test file in the store is removed. */
export const cleansUp = true;
export const reaches = 'account';

interface CheckOptions {
  readonly store?: string;
  readonly format: 'text' | 'json';
}

export const examples = [
  ['check', 'try the token and ./snapshots'],
  ['check --store s3://bucket/prefix', 'try the token and write access to a bucket'],
] as const;

export const define = (command: Command): Command =>
  command
    .description('Try everything that a snapshot needs: settings, token, Anodot and the store')
    .addHelpText(
      'after',
      `
Takes no snapshot and leaves nothing behind. Ends with the exit code of the
first failure, or with 0 if there is none.`,
    )
    .addOption(storeOption())
    .addOption(formatOption(['text', 'json']));

/** Returns the exit code of the first failure. */
export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { store = DEFAULT_STORE, format } = parsed.opts<CheckOptions>();
  const { check } = await import('../../snapshot/check.ts');
  const { randomExecution } = await import('../../snapshot/run.ts');
  const { AnodotSource } = await import('../../snapshot/anodot/source.ts');
  const text = terminal.environment[ENVIRONMENT.token];
  const tokenName = ENVIRONMENT.token;
  const checks = await check({
    environment: terminal.environment,
    readToken: async () => (text === undefined ? undefined : { text }),
    tokenName,
    sourceFor: ({ url }) =>
      new AnodotSource(
        {
          url,
          readToken: async () => ({ text: text ?? '' }),
          tokenName,
          now: terminal.now,
          onRequest: terminal.onRequest,
        },
        { tries: 2 },
      ),
    store: await openStore(store, terminal),
    deadline: newDeadline(terminal.interrupt),
    newExecution: randomExecution,
    now: terminal.now,
  });
  terminal.interrupt.throwIfAborted();
  const ok = checks.every((one) => one.ok);
  terminal.out.write(format === 'json' ? `${JSON.stringify({ ok, checks })}\n` : report(checks));
  return checks.find(({ code }) => code !== null)?.code ?? 0;
}

function report(checks: readonly Check[]): string {
  const table = new Table({ widths: [6, 9], gap: ' ' });
  const result = ({ ok, code }: Check) => (ok ? 'ok' : code === null ? '-' : 'FAILED');
  return checks.map((check) => table.row([result(check), check.name, onOneLine(check.message)])).join('');
}

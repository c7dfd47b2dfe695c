import { AnodotSource } from '../../snapshot/anodot/source.ts';
import { type Check, check } from '../../snapshot/check.ts';
import { ENVIRONMENT } from '../../snapshot/contract.ts';
import { randomExecution } from '../../snapshot/run.ts';
import { DEFAULT_STORE, newDeadline, openStore, type Terminal } from '../terminal.ts';

/** Returns the exit code: that of the first failure. */
export async function checkCommand(
  options: { readonly store?: string; readonly format: 'text' | 'json' },
  terminal: Terminal,
): Promise<number> {
  const readToken = async () => terminal.environment[ENVIRONMENT.token];
  const tokenName = ENVIRONMENT.token;
  const checks = await check({
    environment: terminal.environment,
    readToken,
    tokenName,
    sourceFor: ({ url }) =>
      new AnodotSource(
        { url, readToken: async () => (await readToken()) ?? '', tokenName, now: terminal.now },
        { tries: 2 },
      ),
    store: await openStore(options.store ?? DEFAULT_STORE, terminal.environment),
    deadline: newDeadline(terminal.interrupt),
    newExecution: randomExecution,
  });
  const ok = checks.every((one) => one.ok);
  terminal.out.write(options.format === 'json' ? `${JSON.stringify({ ok, checks })}\n` : checks.map(line).join(''));
  return checks.find(({ code }) => code !== null)?.code ?? 0;
}

const line = ({ name, ok, code, message }: Check): string =>
  `${ok ? 'ok    ' : code === null ? '-     ' : 'FAILED'} ${name.padEnd(9)} ${message}\n`;

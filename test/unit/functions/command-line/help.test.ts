import { describe, expect, test } from 'vitest';
import { DEFAULTS, ENVIRONMENT } from '../../../../functions/snapshot/contract.ts';
import { RUN_SETTING_NAMES } from '../../../../functions/snapshot/setting-rules.ts';
import { runCommand } from '../../../support/command.ts';
import { newFolder } from '../../../support/take.ts';

/** Called by the package's command on the path, whose examples are as short as a reader's. */
async function helpOf(...words: readonly string[]): Promise<string> {
  const { code, out } = await runCommand([...words, '--help'], { cwd: await newFolder() });
  expect(code).toBe(0);
  return out.replaceAll(/node \S*main\.ts/g, 'npx anodot-user-snapshots');
}

const COMMANDS = ['snapshot', 'check', 'status', 'changes', 'diff', 'verify', 'query', 'report', 'review', 'export'];
const variablesIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}([A-Z][A-Z_0-9]+)/gm)].map(([, name = '']) => name);

describe('the help', () => {
  test.each([[], ...COMMANDS.map((name) => [name])])('of %s fits 80 columns', async (...words) => {
    const lines = (await helpOf(...words.filter((word) => word !== undefined))).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test('without a command lists the commands, the variables, the exit codes and two examples', async () => {
    const help = await helpOf();
    const [, list = ''] = /^Commands:\n((?: .*\n)+)/m.exec(help) ?? [];
    expect([...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name)).toEqual([...COMMANDS, 'help']);
    expect(list.trimEnd().split('\n')).toHaveLength(COMMANDS.length + 1);
    expect(variablesIn(help)).toContain('ANODOT_TOKEN');
    expect(help).toMatch(/^Exit codes:\n {2}0 success, .*2 settings/m);
    expect(help.match(/^ {2}npx anodot-user-snapshots/gm)).toHaveLength(2);
  });

  test.each(['snapshot', 'check'])('of %s names every setting with its default', async (name) => {
    const help = (await helpOf(name)).replaceAll(/\s+/g, ' ');
    for (const setting of RUN_SETTING_NAMES)
      expect(help).toMatch(new RegExp(`${ENVIRONMENT[setting]} [^()]*\\(default: ${DEFAULTS.run[setting]}\\)`));
  });

  test('of a command that reads a store names only the variables of S3 and of the proxy', async () => {
    const variables = ['AWS_REGION', 'AWS_PROFILE', 'AWS_ENDPOINT_URL_S3', 'NODE_USE_ENV_PROXY'];
    expect(variablesIn(await helpOf('verify'))).toEqual(variables);
    expect(variablesIn(await helpOf('query'))).toEqual([]);
  });

  test.each(['snapshot', 'query'])(
    'of %s has two examples, and says where the exit codes are explained',
    async (name) => {
      const help = await helpOf(name);
      expect(help.match(/^ {2}npx anodot-user-snapshots/gm)).toHaveLength(2);
      expect(help).toContain('docs/operate.md#exit-codes');
    },
  );
});

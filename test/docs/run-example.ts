/** Runs a document's commands in a shell, or only parses them if they need an account. */
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from './page.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Patterns of commands that need something no test has. Those commands are only parsed. */
const NEEDS_AN_ACCOUNT: readonly (readonly [needs: string, pattern: RegExp])[] = [
  ['AWS', /(?:^|\s)(?:aws|npx cdk|npm run cdk) |^invoke |s3:\/\/|\$STORE\b/m],
  ["the deployment's API", /(?:^|\s)curl /m],
  ['Anodot', /\bANODOT_TOKEN\b/],
];

/** What the commands need besides this clone, or undefined if nothing. */
export const accountNeededBy = (commands: string): string | undefined =>
  NEEDS_AN_ACCOUNT.find(([, pattern]) => pattern.test(commands))?.[0];

/** Commands that install or build: `.ci/run` or a script that it calls runs them in a clean clone. */
const RUN_BY_CI = /^(?:npm (?:ci|install|test|run)\b|git |cd |\.ci\/)/;

export const isRunByCi = (commands: string): boolean =>
  commands
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .every((line) => RUN_BY_CI.test(line));

/** Runs commands with `bash` in a folder. `npm` and `npx` are those of test/docs/bin. */
export function runExample(commands: string, folder: string, onlyParsed = false): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ANODOT|SNAPSHOT|AWS|npm)_/.test(name));
  const environment = {
    ...Object.fromEntries(inherited),
    NODE: process.execPath,
    PATH: [join(ROOT, 'test/docs/bin'), process.env['PATH']].join(delimiter),
    ...(onlyParsed && { ONLY_PARSED: 'true', STORE: 's3://bucket' }),
  };
  return new Promise((resolve) => {
    const options = { cwd: folder, env: environment, maxBuffer: 1e8 };
    const child = execFile('bash', ['-euo', 'pipefail', '-c', commands], options, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
    child.stdin?.end();
  });
}

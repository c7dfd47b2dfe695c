import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import stringWidth from 'string-width';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { answer, serveAnodot, TOKEN } from '../../support/anodot/server.ts';
import { runCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { leftIn } from '../../support/left-behind.ts';
import { startOnTerminal } from '../../support/pty.ts';
import { newFolder } from '../../support/take.ts';

/** Every command works on a terminal of any width, without one, and with each stream closed or full. */

const TOP = join(import.meta.dirname, '../../..');
const MAIN = join(TOP, 'functions/command-line/main.ts');
const COMMANDS = ['snapshot', 'check', 'verify', 'changes', 'query'] as const;
type Name = (typeof COMMANDS)[number];

let cwd: string;
beforeAll(async () => {
  cwd = await newFolder();
  await runCommand(['--quiet', '--store', 'sample'], { cwd });
});

const wordsOf = (name: Name): string[] => [
  ...(name === 'query' ? ['query', 'select email, state, group_names, roles from current_users'] : [name]),
  ...['--store', name === 'check' ? 'checked' : 'sample'],
];
/** `check` has no token here, so it fails. */
const codeOf = (name: Name): number => (name === 'check' ? 3 : 0);
/** What the last lines of each command contain. */
const RESULT: { readonly [name in Name]: RegExp } = {
  snapshot: /Published the snapshot of[\s\S]*Verified:/,
  check: /FAILED secret[\s\S]*ok +store/,
  verify: /sound: [\s\S]*sha256/,
  changes: /admin_granted/,
  query: /zoe\.oka/,
};

/** Every line that a terminal shows, including each state of a line that is redrawn. */
const linesOf = (screen: string): string[] => screen.split(/[\r\n]+/);

describe.each(COMMANDS)('%s', (name) => {
  test.each([80, 40])('prints no line wider than a terminal of %i columns, unless one word is', async (columns) => {
    const { code, screen } = await startOnTerminal(wordsOf(name), { cwd, columns }).ended;
    expect([code, screen]).toEqual([codeOf(name), expect.stringMatching(RESULT[name])]);
    const wide = linesOf(screen).filter((line) => stringWidth(line) > columns);
    expect(wide.filter((line) => /\S +\S/.test(line))).toEqual([]);
    expect(screen).not.toContain('\u001b');
  });

  test.each([
    ['of 0 columns', 0, {}],
    ['that is dumb', 80, { TERM: 'dumb' }],
    ['with NO_COLOR', 80, { NO_COLOR: '1' }],
    ['with FORCE_COLOR', 80, { FORCE_COLOR: '3' }],
  ] as const)('prints its result without an escape sequence on a terminal %s', async (_, columns, environment) => {
    const { code, screen } = await startOnTerminal(wordsOf(name), { cwd, columns, environment }).ended;
    expect([code, screen]).toEqual([codeOf(name), expect.stringMatching(RESULT[name])]);
    expect(screen).not.toContain('\u001b');
  });

  test('prints its result as plain lines without a terminal', async () => {
    const { code, out, err } = await runCommand(wordsOf(name), { cwd });
    expect([code, out + err]).toEqual([codeOf(name), expect.stringMatching(RESULT[name])]);
    expect(out + err).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test.each(['2>&-', '2>/dev/full'])('has the same result on standard output with %s', async (redirection) => {
    const { code, screen } = await startOnTerminal(wordsOf(name), { cwd, columns: 80, redirection }).ended;
    expect(code).toBe(codeOf(name));
    expect(screen).toMatch(RESULT[name]);
    shown('C16', `${name} with ${redirection}`, `exit ${code}, the same result`);
  });

  test.each(['text', 'json'])('says in one line that standard output is full, as %s', async (format) => {
    const stdio = ['ignore', openSync('/dev/full', 'w'), 'pipe'] as const;
    const words = [...wordsOf(name), '--format', format];
    const child = spawn(process.execPath, [MAIN, ...words], { cwd, env: withoutAccount(), stdio: [...stdio] });
    const [err] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'close')]);
    expect(child.exitCode).toBe(codeOf(name) || 7);
    expect(err).toMatch(/OutputError: could not write to standard output \(ENOSPC\): [^\n]*\n$/);
    expect(err).not.toMatch(/^ +at /m);
    shown(
      'C16',
      `${name} --format ${format} >/dev/full`,
      `exit ${child.exitCode}, OutputError names ENOSPC, no stack`,
      'crashes with a stack',
    );
  });

  test('ends quietly if standard output is no longer read', async () => {
    const child = spawn(process.execPath, [MAIN, ...wordsOf(name)], {
      cwd,
      env: withoutAccount(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const [err] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(codeOf(name));
    expect(err).not.toMatch(/EPIPE|Error/);
    shown('C16', `${name} | head -0`, `exit ${child.exitCode}, no message`);
  });
});

function withoutAccount(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ANODOT|SNAPSHOT|AWS)_/.test(name)));
}

test('a run whose progress is no longer read still publishes', async () => {
  const closed = Promise.withResolvers<void>();
  const server = await serveAnodot({
    users: async (response) => {
      response.writeHead(200).write('[{"_id":"a"}');
      await closed.promise;
      response.end(',{"_id":"b"}]');
    },
  });
  onTestFinished(server.close);
  const store = join(await newFolder(), 'store');
  const account = { ANODOT_URL: server.url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
  const child = spawn(process.execPath, [MAIN, '--store', store], {
    env: { ...withoutAccount(), ...account },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [line] = await once(child.stderr, 'data');
  child.stderr.destroy();
  closed.resolve();
  const [code] = await once(child, 'exit');
  expect(String(line)).toContain('Receiving users and groups');
  expect([code, (await leftIn(store)).runs]).toEqual([0, ['published 0']]);
  shown(
    'C16',
    '2>&1 >/dev/null | grep -m1 Receiving, while users arrive',
    `exit ${code}, published`,
    'exit 1, no snapshot, and the run document says running',
  );
});

test('npm start --silent prints only the result, and nothing with --quiet', async () => {
  const start = async (...words: string[]) => {
    const child = spawn('npm', ['start', '--silent', '--', ...words], { cwd: TOP, env: withoutAccount() });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code: child.exitCode, out, err };
  };
  const store = join(cwd, 'sample');
  expect(await start('query', 'select 1 as x', '--format', 'csv', '--store', store)).toEqual({
    code: 0,
    out: 'x\r\n1\r\n',
    err: '',
  });
  expect(await start('--quiet', '--store', store)).toEqual({ code: 0, out: '', err: '' });
  const failed = await start('verify', '--store', '');
  expect(failed).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Is a variable not set?') });
  shown(
    'C10',
    'npm start --silent -- query … --format csv > out.csv',
    'the file contains only the result; failures still appear on standard error',
  );
});

test('users are counted on one line of the terminal as they arrive, whatever its width', async () => {
  const server = await serveAnodot({ users: answer([{ _id: 'a' }]) });
  onTestFinished(server.close);
  const environment = { ANODOT_URL: server.url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
  for (const columns of [20, 40]) {
    const store = join(await newFolder(), 'store');
    const { code, screen } = await startOnTerminal(['--store', store], { cwd, columns, environment }).ended;
    expect(code).toBe(0);
    const drawn = screen.split('\n')[0]?.split('\r') ?? [];
    expect(drawn[1]).toBe(`${`| Receiving users and groups of ${server.url}`.slice(0, columns - 2)}…`);
    expect(Math.max(...drawn.slice(0, 2).map((line) => line.length))).toBeLessThan(columns);
  }
});

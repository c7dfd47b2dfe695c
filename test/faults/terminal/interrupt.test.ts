import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { manyUsers } from '../../support/anodot/canary-replies.ts';
import { answer, type Reply, serveAnodot, silence, TOKEN } from '../../support/anodot/server.ts';
import { runCommand, startCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { leftIn } from '../../support/left-behind.ts';
import { startOnTerminal } from '../../support/pty.ts';
import { newFolder } from '../../support/take.ts';

/** A run that any signal stops is closed with nothing staged, however it was started, and its exit code gives the signal. */

const TOP = join(import.meta.dirname, '../../..');
const CTRL_C = '\u0003';

const halfOfTheUsers: Reply = (response) => {
  response.writeHead(200).write(JSON.stringify(manyUsers).slice(0, 90_000));
};

/** A server that never completes one request, a store, and the environment to run with. */
async function stuckAt(name: 'exchange' | 'users' | 'groups', reply: Reply) {
  const asked = Promise.withResolvers<void>();
  const notified: Reply = (...call) => {
    reply(...call);
    setImmediate(asked.resolve);
  };
  const server = await serveAnodot({ users: answer([{ _id: 'a' }]), [name]: notified });
  onTestFinished(server.close);
  const cwd = await newFolder();
  const environment = { ANODOT_URL: server.url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
  return { asked: asked.promise, cwd, store: join(cwd, 'store'), environment };
}

const PLACES = [
  ['the token exchange', 'exchange', silence],
  ['the wait for users', 'users', silence],
  ['the download of users', 'users', halfOfTheUsers],
  ['the groups', 'groups', silence],
] as const;

describe('Ctrl-C on a terminal', () => {
  const starts = [
    ['started with node', false],
    ['started with npm start', true],
  ] as const;
  test.each(
    starts.flatMap(([how, npm]) => PLACES.map(([where, name, reply]) => [how, npm, where, name, reply] as const)),
  )(
    'during $2 ends the run with 130 and a message, with nothing staged and the run closed ($0)',
    async (how, npm, where, name, reply) => {
      const { asked, cwd, store, environment } = await stuckAt(name, reply);
      const terminal = startOnTerminal(['--store', store], { cwd, environment, columns: 80, npm });
      await asked;
      terminal.type(CTRL_C);
      const { code, screen } = await terminal.ended;
      expect(screen).toContain('InterruptedError: interrupted; nothing was published');
      expect([code, await leftIn(store)]).toEqual([130, { staged: [], published: [], runs: ['failed 130'] }]);
      shown(
        'C15',
        `Ctrl-C on a pty during ${where}, ${how}`,
        `exit ${code}, a message, nothing staged, run document: failed 130`,
        'no message, the run document says running, and .staged keeps what was received',
      );
    },
  );

  test('five times in a row has the same effect as once', async () => {
    const { asked, cwd, store, environment } = await stuckAt('users', halfOfTheUsers);
    const terminal = startOnTerminal(['--store', store], { cwd, environment, columns: 80 });
    await asked;
    for (let i = 0; i < 5; i++) terminal.type(CTRL_C);
    const { code } = await terminal.ended;
    expect([code, await leftIn(store)]).toEqual([130, { staged: [], published: [], runs: ['failed 130'] }]);
    shown('C15', 'Ctrl-C five times in a row', `exit ${code}, nothing staged, run document: failed 130`);
  });

  test.each(['check', 'query'])('ends %s with 130 as well', async (name) => {
    const { cwd, environment, asked } = await stuckAt('exchange', silence);
    await runCommand(['--quiet', '--store', 'sample'], { cwd });
    const endless = 'select count(*) from range(10000000) a (x), range(10000000) b (y) where x * y % 7 = 3';
    const words = name === 'check' ? [name] : [name, endless];
    const options = name === 'check' ? { cwd, environment } : { cwd };
    const { child, ended } = startCommand([...words, '--store', 'sample'], options);
    if (name === 'check') await asked;
    else await wait(1500); // until DuckDB is at work: an earlier signal would only test the start
    child.kill('SIGINT');
    const { code, err } = await ended;
    expect([code, err]).toEqual([130, 'InterruptedError: interrupted\n']);
    shown('C15', `SIGINT to ${name} at work`, `exit ${code}: ${err}`);
  });
});

describe('a signal without a terminal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends the run with %i, with nothing staged and the run closed', async (signal, expected) => {
    const { asked, cwd, store, environment } = await stuckAt('users', halfOfTheUsers);
    const { child, ended } = startCommand(['--store', store], { cwd, environment });
    await asked;
    child.kill(signal);
    const { code, err } = await ended;
    expect(err).toContain('InterruptedError: interrupted; nothing was published');
    expect([code, await leftIn(store)]).toEqual([
      expected,
      { staged: [], published: [], runs: [`failed ${expected}`] },
    ]);
    shown('C15', `${signal} without a terminal`, `exit ${code}, a message, nothing staged, the run closed`);
  });

  test('at twelve moments of a run leaves nothing staged and no run document open', async () => {
    const { cwd } = await stuckAt('users', silence);
    const began = performance.now();
    await runCommand(['--store', 'first'], { cwd });
    const duration = performance.now() - began;
    for (let i = 0; i < 12; i++) {
      const store = join(cwd, `store-${i}`);
      const { child, ended } = startCommand(['--store', store], { cwd });
      await wait((duration * i) / 11);
      child.kill(i % 2 === 0 ? 'SIGINT' : 'SIGTERM');
      const { code } = await ended;
      const { staged, published, runs } = await leftIn(store);
      expect(staged).toEqual([]);
      expect(runs.filter((run) => !/^(published 0|refused 6|failed (130|143))$/.test(run))).toEqual([]);
      expect(published.length > 0).toBe(runs.includes('published 0'));
      expect([130, 143, 0, null]).toContain(code); // null: Node.js itself was still starting
      if (published.length > 0) expect((await runCommand(['verify', '--store', store], { cwd })).code).toBe(0);
    }
    shown('C15', 'SIGINT and SIGTERM at twelve moments of a run', 'nothing staged, no run document left open');
  });
});

describe('closing the terminal of a run', () => {
  test('ends the run, with nothing staged and the run closed', async () => {
    const { asked, cwd, store, environment } = await stuckAt('users', halfOfTheUsers);
    const terminal = startOnTerminal(['--store', store], { cwd, environment, columns: 80 });
    await asked;
    terminal.close();
    await terminal.ended;
    await expect
      .poll(() => leftIn(store), { timeout: 60_000 })
      .toEqual({
        staged: [],
        published: [],
        runs: ['failed 129'],
      });
    shown(
      'C15',
      'the terminal is closed (SIGHUP)',
      'nothing staged, run document: failed 129',
      'killed, and the run document says running',
    );
  });
});

describe('a signal to the process of npm start', () => {
  const npmStart = (words: readonly string[], environment: { readonly [name: string]: string }): ChildProcess =>
    spawn('npm', ['start', '--silent', '--', ...words], {
      cwd: TOP,
      env: { ...process.env, ...environment },
      stdio: 'ignore',
    });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('reaches the run as %s and ends it with %i', async (signal, expected) => {
    const { asked, store, environment } = await stuckAt('users', halfOfTheUsers);
    const child = npmStart(['--store', store], environment);
    await asked;
    child.kill(signal);
    const [code, by] = await once(child, 'exit');
    expect(by ?? code).toBe(expected);
    await expect.poll(async () => (await leftIn(store)).runs).toEqual([`failed ${expected}`]);
    expect((await leftIn(store)).staged).toEqual([]);
    expect(await readdir(store)).not.toContain('users');
    shown(
      'C17',
      `${signal} to npm start while users are received`,
      `exit ${code}, nothing staged, run document: failed ${expected}`,
      'the signal does not reach Node.js, which publishes later',
    );
  });
});

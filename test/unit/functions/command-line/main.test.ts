import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AnodotServer, answer, serveAnodot, TOKEN } from '../../../support/anodot/server.ts';
import { type Ended, runCommand, startCommand } from '../../../support/command.ts';
import { newFolder } from '../../../support/take.ts';

const USERS = [
  { _id: '608e9f23980ab6000ed6f696', createdAt: '2021-05-02T12:46:27.823Z', firstName: 'Wiley', lastName: 'Coyote' },
];
let cwd: string;
let server: AnodotServer | undefined;

beforeEach(async () => {
  cwd = await newFolder();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Runs a command with a token against the server that the test has started. */
function withAccount(words: readonly string[], environment: { readonly [name: string]: string } = {}): Promise<Ended> {
  const url = server?.url ?? 'https://unknown-host.invalid';
  return runCommand(words, {
    cwd,
    environment: { ANODOT_URL: url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true', ...environment },
  });
}

describe('the snapshot command', () => {
  test('is the default: without a token it takes the last days of the sample account into ./sample-snapshots, and says what to do next', async () => {
    const { code, out, err } = await runCommand([], { cwd });
    expect(code).toBe(0);
    expect(err).toContain('ANODOT_TOKEN is not set: this is the sample account');
    expect(out).toMatch(/Published the snapshot of \d{4}-\d\d-\d\d in \.\/sample-snapshots\./);
    expect(out).toMatch(/4\d users, \d+ administrators\n {2}\d+ active/);
    expect(out).toMatch(/Verified: all (29|30) snapshots were read back/);
    expect(out).toMatch(/\d{4}-\d\d-\d\d {2}missing: no run started\n/);
    expect(out).toMatch(/\d{4}-\d\d-\d\d {2}refused: users \w+ from/);
    expect(out).toContain('changes --since 7d --store ./sample-snapshots\n');
    expect(await readdir(cwd)).toEqual(['sample-snapshots']);
    const { code: sound, out: verified } = await runCommand(['verify', '--store', 'sample-snapshots'], { cwd });
    expect([sound, verified.split('\n').at(-2)]).toEqual([0, expect.stringMatching(/^sound: (29|30) days/)]);
  });

  test('continues the sample where a first run was killed', async () => {
    const { child, ended } = startCommand([], { cwd });
    const commits = () => readdir(join(cwd, 'sample-snapshots/commits')).catch(() => []);
    await expect.poll(commits, { interval: 20, timeout: 120_000 }).toContain('00000007.json');
    child.kill('SIGKILL');
    await ended;
    const killedAfter = (await commits()).length;
    const { code, out } = await runCommand([], { cwd });
    expect([code, out]).toEqual([0, expect.stringMatching(/Verified: all (29|30) snapshots/)]);
    expect(killedAfter).toBeLessThan(29);
    const days = Number(/all (\d+) snapshots/.exec(out)?.[1]);
    expect(await commits()).toHaveLength(days); // no day was taken twice
    const runs = await readdir(join(cwd, 'sample-snapshots/runs'));
    const documents = runs.map((name) => readFile(join(cwd, 'sample-snapshots/runs', name), 'utf8'));
    const statuses = (await Promise.all(documents)).map((text) => JSON.parse(text).status);
    expect(statuses.sort()).toEqual([...Array(days).fill('published'), 'refused']);
  });

  test('with --quiet prints nothing on standard output, not even a failure in JSON', async () => {
    server = await serveAnodot({ users: answer('<html>') });
    const { code, out, err } = await withAccount(['--quiet', '--format', 'json']);
    expect([code, out]).toEqual([5, '']);
    expect(err).toMatch(/^SourceContractError: /);
    await server.close();
    server = await serveAnodot({ users: answer(USERS) });
    expect(await withAccount(['--quiet', '--format', 'json'])).toEqual({ code: 0, out: '', err: '' });
  });

  test('of a real account ends with what it wrote, what changed and the next commands', async () => {
    server = await serveAnodot({ users: answer(USERS) });
    const first = await withAccount([]);
    expect(first.out).toMatch(
      /1 user, 0 administrators\n[\s\S]*\n {2}The first snapshot: nothing to compare with yet\n/,
    );
    expect(first.out).toMatch(/users\/json\/dt=.*\.jsonl {2}\d+ B/);
    expect(first.out).toMatch(/commit 1, sha256 [0-9a-f]{64}/);
    expect(first.out).toContain('Verified: every object was read back');
    expect(first.out).toMatch(/Next:\n.* status\n.* changes --since 7d\n.* verify\n$/);
  });

  test('writes the sample to its own folder again, and to no folder that holds anything else', async () => {
    expect((await runCommand(['--quiet'], { cwd })).code).toBe(0);
    expect((await runCommand(['--quiet'], { cwd })).code).toBe(0);
    await writeFile(join(cwd, 'notes.txt'), 'mine');
    const { code, err } = await runCommand(['--store', '.'], { cwd });
    expect(code).toBe(3);
    expect(err).toContain('no token: ANODOT_TOKEN is not set');
    expect((await readdir(cwd)).sort()).toEqual(['notes.txt', 'sample-snapshots']);
  });

  test('never mixes a real account into the folder of the sample', async () => {
    server = await serveAnodot({ users: answer(USERS) });
    await runCommand(['--quiet'], { cwd });
    const { code, err } = await withAccount(['--store', 'sample-snapshots']);
    expect(code).toBe(2);
    expect(err).toContain('holds the sample account');
    expect(server.requests).toHaveLength(0);
  });

  test('takes the real account into ./snapshots if there is a token, and reports as one JSON document with --format json', async () => {
    server = await serveAnodot({ users: answer(USERS) });
    const { code, out } = await withAccount(['snapshot', '--format', 'json', '--formats', 'csv']);
    expect(code).toBe(0);
    const document = JSON.parse(out);
    expect(document).toMatchObject({
      status: 'published',
      code: 0,
      commit: 1,
      verified: true,
      manifest: { source: server.url, user_count: 1 },
    });
    expect(document.manifest.objects.map(({ kind }: { kind: string }) => kind)).toEqual([
      'json',
      'csv',
      'raw',
      'changes',
      'groups',
    ]);
    expect(await readdir(cwd)).toEqual(['snapshots']);
  });

  test('ends with 3 and sends no request if the token is empty, because it is not filled in yet', async () => {
    server = await serveAnodot();
    const { code, err } = await withAccount([], { ANODOT_TOKEN: ' \n' });
    expect(code).toBe(3);
    expect(err).toContain('ANODOT_TOKEN is empty: not filled in yet');
    expect(server.requests).toHaveLength(0);
  });

  test('ends with 130 if it is interrupted, publishes nothing and leaves nothing staged', async () => {
    const asked = Promise.withResolvers<void>();
    server = await serveAnodot({
      users: (response) => {
        response.writeHead(200).write('[');
        asked.resolve();
      },
    });
    const environment = { ANODOT_URL: server.url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
    const { child, ended } = startCommand(['--store', 'store'], { cwd, environment });
    await asked.promise;
    child.kill('SIGINT');
    const { code, err } = await ended;
    expect(code).toBe(130);
    expect(err).toContain('interrupted; nothing was published');
    expect(
      (await readdir(join(cwd, 'store'), { recursive: true })).filter((name) =>
        /^(users|commits|\.staged)./.test(name),
      ),
    ).toEqual([]);
    const [run = ''] = await readdir(join(cwd, 'store/runs'));
    expect((await import(join(cwd, 'store/runs', run), { with: { type: 'json' } })).default).toMatchObject({
      status: 'failed',
      code: 130,
    });
  });

  test('reports a failure as one line on standard error, and as an object on standard output with --format json', async () => {
    server = await serveAnodot({ users: answer('<html>') });
    const { code, out, err } = await withAccount(['--format', 'json']);
    expect(code).toBe(5);
    expect(err).toMatch(/SourceContractError: expected a JSON array of users, got what looks like HTML\n$/);
    expect(JSON.parse(out)).toEqual({
      error: { name: 'SourceContractError', code: 5, message: expect.stringContaining('HTML') },
    });
  });
});

describe('the check command', () => {
  test('reports every part as ok if all is well, and leaves nothing behind', async () => {
    server = await serveAnodot({ users: answer(USERS) });
    const { code, out } = await withAccount(['check', '--store', 'a/b']);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/).slice(0, 2)),
    ).toEqual(['settings', 'secret', 'exchange', 'users', 'groups', 'store'].map((name) => ['ok', name]));
    expect(await readdir(cwd)).toEqual([]);
  });

  test('ends with 3 if there is no token, and still tries the store', async () => {
    const { code, out } = await runCommand(['check'], { cwd });
    expect(code).toBe(3);
    expect(out).toMatch(/^FAILED secret +no token: ANODOT_TOKEN is not set/m);
    expect(out).toMatch(/^ok +store/m);
  });

  test('ends with 3 if Anodot does not accept the token', async () => {
    server = await serveAnodot({ exchange: answer('', 401) });
    const { code, out } = await withAccount(['check']);
    expect(code).toBe(3);
    expect(out).toMatch(/^FAILED exchange .* returned 401: Anodot rejected the token/m);
  });

  test('ends with 4 if the host is unknown', async () => {
    const { code, out } = await withAccount(['check']);
    expect(code).toBe(4);
    expect(out).toMatch(/^FAILED exchange .*unknown-host\.invalid.*: unknown host \(E/m);
  });

  test("ends with 2 if the host is not Anodot's by its name, or by its response", async () => {
    const named = await runCommand(['check'], {
      cwd,
      environment: { ANODOT_TOKEN: TOKEN, ANODOT_URL: 'https://example.com' },
    });
    expect(named.code).toBe(2);
    expect(named.out).toMatch(/^FAILED settings .*example\.com isn't an Anodot host/m);
    server = await serveAnodot({ exchange: answer('', 404) });
    const asked = await withAccount(['check']);
    expect(asked.code).toBe(2);
    expect(asked.out).toMatch(/^FAILED exchange .* returned 404: the host isn't Anodot's API/m);
  });

  test('ends with 7 if the folder is not writable', async () => {
    server = await serveAnodot({ users: answer(USERS) });
    await writeFile(join(cwd, 'file'), '');
    const { code, out } = await withAccount(['check', '--store', 'file/below', '--format', 'json']);
    expect(code).toBe(7);
    const { ok, checks } = JSON.parse(out);
    expect(ok).toBe(false);
    expect(checks.at(-1)).toMatchObject({
      name: 'store',
      ok: false,
      code: 7,
      message: expect.stringContaining('ENOTDIR'),
    });
  });
});

describe('the command line', () => {
  test.each([
    [['--help']],
    [['snapshot', '--help']],
    [['check', '--help']],
    [['verify', '--help']],
    [['status', '--help']],
    [['changes', '--help']],
    [['diff', '--help']],
    [['query', '--help']],
    [['help', 'query']],
  ])('prints the help for %j', async (words) => {
    const { code, out } = await runCommand(words, { cwd });
    expect(code).toBe(0);
    expect(out).toContain('Usage:');
  });

  test.each([
    [['verfy'], 'Did you mean verify?'],
    [['--stor', 'x'], 'Did you mean --store?'],
    [['snapshot', '--qiet'], 'Did you mean --quiet?'],
    [['--formats', 'jsn'], 'Expected a comma-separated list of json, csv'],
    [['--format', 'xml'], 'Allowed choices are text, json'],
    [['verify', '--dt', '2026-13-01'], 'Expected a date'],
    [['verify', '--expect', 'abc'], 'SHA-256 of 64 hex digits'],
    [['snapshot', 'extra'], 'too many arguments'],
  ])('ends with 2 and a hint for the mistyped arguments %j', async (words, hint) => {
    const { code, out, err } = await runCommand(words, { cwd });
    expect(code).toBe(2);
    expect(err).toContain(hint);
    expect(out).toBe('');
    expect(await readdir(cwd)).toEqual([]);
  });
});

test.each([
  [['changes', '--since', '7w'], 'from 1d to 3650d'],
  [['snapshots'], "unknown command 'snapshots'"],
  [['verify', '--exept', 'x'], "unknown option '--exept'"],
])('words that cannot be parsed are reported as JSON with --format json: %j', async (words, message) => {
  const { code, out, err } = await runCommand([...words, '--format', 'json'], { cwd: await newFolder() });
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  expect(JSON.parse(out)).toEqual({
    error: { name: 'SettingsError', code: 2, message: expect.stringContaining(message) },
  });
});

test('the verify command ends with 11 and says so if there is nothing to verify', async () => {
  const { code, out } = await runCommand(['verify'], { cwd });
  expect(code).toBe(11);
  expect(out).toContain('nothing to verify in ./snapshots');
});

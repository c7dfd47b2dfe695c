import { describe, expect, onTestFinished, test } from 'vitest';
import { answer, BEARER, inTurn, serveAnodot, TOKEN } from '../../../support/anodot/server.ts';
import { type Ended, runCommand } from '../../../support/command.ts';
import { first, newDouble } from '../../../support/s3/bucket-calls.ts';
import { environmentOf } from '../../../support/s3/place.ts';
import { newFolder } from '../../../support/take.ts';

const USERS = [{ _id: 'a' }, { _id: 'b' }];

/** Runs a command with the account that these replies make, and other variables. */
async function withAccount(
  words: readonly string[],
  replies: Parameters<typeof serveAnodot>[0] = { users: answer(USERS) },
  environment: { readonly [name: string]: string } = {},
): Promise<Ended & { readonly url: string }> {
  const server = await serveAnodot(replies);
  onTestFinished(server.close);
  const account = { ANODOT_URL: server.url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
  const options = { cwd: await newFolder(), environment: { ...account, ...environment } };
  return { ...(await runCommand(words, options)), url: server.url };
}

/** The log without its times, which differ from run to run. */
const logOf = (err: string): string[] =>
  err
    .split('\n')
    .flatMap((line) => /^\+\d+\.\d{3} s {2}(.*)$/.exec(line)?.[1] ?? [])
    .map((line) => line.replaceAll(/\b\d+ ms/g, 'N ms'));

describe('--verbose', () => {
  test('logs each request to Anodot, each retry and each pause, on standard error', async () => {
    const users = inTurn(answer('', 503), answer('', 429, { 'retry-after': '0' }), answer(USERS));
    const { code, out, err, url } = await withAccount(['snapshot', '--verbose', '--quiet'], { users });
    expect([code, out]).toEqual([0, '']);
    const [token, list, groups] = ['POST /api/v2/access-token', 'GET /api/v2/users', 'GET /api/v2/groups'].map((name) =>
      name.replace(' ', ` ${url}`),
    );
    expect(logOf(err)).toEqual([
      `${token}: 200 after N ms`,
      `${token}: read ${BEARER.length + 2} B in N ms`,
      `${list}: 503 after N ms`,
      `${list}: paused N ms before attempt 2 (backoff)`,
      `${list}: 429 after N ms`,
      `${list}: paused N ms before attempt 3 (Retry-After)`,
      `${list}: 200 after N ms`,
      `${list}: read ${JSON.stringify(USERS).length} B in N ms`,
      `${groups}: 200 after N ms`,
      `${groups}: read 2 B in N ms`,
    ]);
    expect(err).toMatch(/^anodot-user-snapshots \d+\.\d+\.\d+, Node\.js v/);
  });

  test('logs a connection that fails', async () => {
    const { url, close } = await serveAnodot();
    await close();
    const { code, err } = await withAccount(['check', '--verbose'], {}, { ANODOT_URL: url });
    expect(code).toBe(4);
    expect(logOf(err)).toEqual([
      `POST ${url}/api/v2/access-token: no connection (ECONNREFUSED) after N ms`,
      `POST ${url}/api/v2/access-token: paused N ms before attempt 2 (backoff)`,
      `POST ${url}/api/v2/access-token: no connection (ECONNREFUSED) after N ms`,
    ]);
  });

  test('logs each request to S3 and each retry, without credentials or a query string', async () => {
    const double = await newDouble({ fault: first({ status: 503, code: 'SlowDown' }, 'PutObject') });
    const words = ['--verbose', '--quiet', '--store', `s3://${double.bucket}/p`];
    const { code, err } = await withAccount(words, { users: answer(USERS) }, environmentOf(double));
    expect(code).toBe(0);
    const root = `${double.endpoint}/${double.bucket}`;
    const log = logOf(err);
    // Other calls are made together with it, and logged in between.
    const [failed, pause, repeated] = log.filter((line) => line.startsWith(`PutObject PUT ${root}/p/runs/`));
    expect(failed).toMatch(/: 503 after N ms, \d+ B$/);
    expect(pause).toBe(`${failed?.split(': ')[0]}: paused N ms before attempt 2 (backoff)`);
    expect(repeated).toMatch(/: 200 after N ms, \d+ B$/);
    for (const pattern of [
      /^ListObjectsV2 GET \S+ prefix=p\/\S+: 200 /,
      /^GetObject GET .*commits\/00000001\.json: 200 after N ms, [\d.]+ k?B$/,
      /^UploadPart PUT .*\/dt=[\d-]+\/\S+ partNumber=1: 200 /,
    ])
      expect(log.filter((line) => pattern.test(line))).not.toEqual([]);
    const { accessKeyId, secretAccessKey, sessionToken = '' } = double.credentials;
    for (const secret of [accessKeyId, secretAccessKey, sessionToken, TOKEN, BEARER]) expect(err).not.toContain(secret);
    expect(err).not.toMatch(/[?&][\w-]+=|authorization|x-amz|uploadId/i);
  });

  test('says little over a folder', async () => {
    const cwd = await newFolder();
    await runCommand(['--quiet'], { cwd });
    const { code, err } = await runCommand(['verify', '--verbose', '--store', 'sample-snapshots'], { cwd });
    expect([code, err.trim().split('\n').length]).toEqual([0, 1]);
  });

  test('is not an option of query, which sends no request', async () => {
    const { code, err } = await runCommand(['query', 'select 1', '--verbose'], { cwd: await newFolder() });
    expect([code, err]).toEqual([2, expect.stringContaining("unknown option '--verbose'")]);
  });
});

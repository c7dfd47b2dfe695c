import { rm } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { answer, bytes, inTurn, serveAnodot } from '../support/anodot/server.ts';
import {
  CANARY_BEARER,
  CANARY_TEXT,
  CANARY_TOKEN,
  canaryUser,
  everythingIn,
  holdsCanary,
  MARK,
} from '../support/canary.ts';
import { runCommand } from '../support/command.ts';
import { shown } from '../support/fault-table.ts';
import { filesOf, type Replies } from '../support/faulted-run.ts';
import { newFolder } from '../support/take.ts';

const users = [canaryUser(1), canaryUser(2), canaryUser(3)];
const bearer = answer(JSON.stringify(CANARY_BEARER));

const everyCommand = ['snapshot', 'check', 'verify'].flatMap((command) => [
  [command, '--format', 'text'],
  [command, '--format', 'json'],
]);
const verboseCommands = ['snapshot', 'check', 'verify'].map((command) => [command, '--verbose']);

/** Runs the commands against one folder. Returns their exit codes. */
async function runAll(
  commands: readonly (readonly string[])[],
  replies: Replies,
  environment: { readonly [name: string]: string } = {},
): Promise<number[]> {
  const cwd = await newFolder();
  const server = await serveAnodot({ exchange: bearer, ...replies });
  onTestFinished(server.close);
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const account = { ANODOT_URL: server.url, ANODOT_TOKEN: CANARY_TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
  const codes = [];
  for (const words of commands) {
    const options = { cwd, environment: { ...account, ...environment } };
    const { code, out, err } = await runCommand([...words, '--store', 'store'], options);
    expect(out + err).not.toBe('');
    expect(holdsCanary(out), out).toBe(false);
    expect(holdsCanary(err), err).toBe(false);
    codes.push(Number(code));
  }
  const files = [...(await filesOf(cwd))];
  const outside = files.filter(([key]) => !/^store\/(users|raw)\//.test(key));
  expect(outside.filter(([key, bytes]) => holdsCanary(key) || holdsCanary(bytes)).map(([key]) => key)).toEqual([]);
  const rows = files.filter(([key]) => key.startsWith('store/users/'));
  const leaks = rows.filter(([, bytes]) => bytes.includes(CANARY_TOKEN) || bytes.includes(CANARY_BEARER));
  expect(leaks.map(([key]) => key)).toEqual([]);
  return codes;
}

const showCodes = (done: string, codes: readonly number[]): void =>
  shown('F38', done, `exit ${codes.join(', ')}; no canary in any output, error, run document or commit`);

const wrongType = canaryUser(4, { disabled: `${MARK}${MARK}` });
const otherOrganization = canaryUser(4, { ownerOrganization: MARK });

test.for([
  ['works', { users: answer(users) }, [0, 0, 0, 0, 0, 0]],
  ['rejects the token (401)', { exchange: answer(CANARY_TEXT, 401) }, [3, 3, 3, 3, 11, 11]],
  ['denies access (403)', { users: answer(CANARY_TEXT, 403) }, [3, 3, 3, 3, 11, 11]],
  ['returns HTML', { users: answer(`<html>${CANARY_TEXT}`) }, [5, 5, 5, 5, 11, 11]],
  ['returns a field of the wrong type', { users: answer([...users, wrongType]) }, [0, 0, 0, 0, 0, 0]],
  [
    'returns invalid groups',
    { users: answer(users), groups: answer([{ id: 1, name: CANARY_TEXT }]) },
    [0, 0, 5, 5, 0, 0],
  ],
  ['returns a user twice', { users: answer([...users, ...users]) }, [0, 0, 0, 0, 0, 0]],
  ['returns two organizations', { users: answer([...users, otherOrganization]) }, [6, 6, 0, 0, 11, 11]],
] as const)('no command reveals a name, an address or a token if Anodot %s', async ([fault, replies, codes]) => {
  expect(await runAll(everyCommand, replies)).toEqual(codes);
  showCodes(`snapshot, check and verify, as text and JSON, if Anodot ${fault}`, codes);
});

test.for([
  ['works', { users: answer(users) }, [0, 0, 0]],
  ['fails at first', { users: inTurn(answer(CANARY_TEXT, 503, { 'retry-after': '0' }), answer(users)) }, [0, 0, 0]],
  [
    'breaks off',
    { users: bytes(['HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n', JSON.stringify(users).slice(0, 150)], 'reset') },
    [4, 4, 11],
  ],
  ['redirects', { users: answer(CANARY_TEXT, 302, { location: `/${CANARY_TOKEN}` }) }, [2, 2, 11]],
  ['rejects the token (401)', { exchange: answer(CANARY_TEXT, 401) }, [3, 3, 11]],
] as const)(
  'no request that --verbose logs reveals a token, a header or a body if Anodot %s',
  async ([fault, replies, codes]) => {
    expect(await runAll(verboseCommands, replies)).toEqual(codes);
    showCodes(`snapshot, check and verify with --verbose if Anodot ${fault}`, codes);
  },
);

const snapshot = [['snapshot', '--format', 'json']];

test.for([
  ['fails at first', { users: inTurn(answer(CANARY_TEXT, 503), answer(users)) }, 0],
  ['rejects the bearer', { users: answer(CANARY_TEXT, 401) }, 3],
  ['redirects', { users: answer(CANARY_TEXT, 302, { location: `/${CANARY_TOKEN}` }) }, 2],
  ['returns HTML for the exchange', { exchange: answer(`<html>${CANARY_TEXT}`) }, 5],
  ['returns an error', { users: answer({ name: 'HttpError', message: CANARY_TEXT }) }, 5],
  ['returns invalid JSON', { users: answer(`[${CANARY_TEXT},${CANARY_TOKEN}]`) }, 5],
  ['returns half a list', { users: answer(JSON.stringify(users).slice(0, -40)) }, 5],
  ['returns an invalid time', { users: answer([canaryUser(4, { createdAt: `${MARK}${MARK}` })]) }, 0],
  ['returns an _id of another type', { users: answer([canaryUser(4, { _id: [CANARY_TEXT] })]) }, 5],
  ['returns two users with the same _id', { users: answer([...users, canaryUser(1, { email: CANARY_TEXT })]) }, 5],
  ['returns groups as HTML', { users: answer(users), groups: answer(`<html>${CANARY_TEXT}`) }, 0],
] as const)('a snapshot reveals no name, address or token if Anodot %s', async ([fault, replies, code]) => {
  expect(await runAll(snapshot, replies)).toEqual([code]);
  showCodes(`snapshot if Anodot ${fault}`, [code]);
});

test.for([
  ['a token in quotes', { ANODOT_TOKEN: JSON.stringify(CANARY_TOKEN) }, 3],
  ['a token in broken JSON', { ANODOT_TOKEN: `{"refreshToken": "${CANARY_TOKEN}` }, 3],
  ['a token with a line feed', { ANODOT_TOKEN: `${CANARY_TOKEN}\n${CANARY_TOKEN}` }, 3],
  ['a bearer', { ANODOT_TOKEN: CANARY_BEARER }, 0],
  ['a password in the URL', { ANODOT_URL: `https://${MARK}:${CANARY_TOKEN}@app.anodot.com` }, 2],
  ['a token in place of settings', { ANODOT_URL: CANARY_TOKEN, SNAPSHOT_FORMATS: CANARY_TOKEN }, 2],
] as const)('a snapshot does not reveal a setting that is %s', async ([setting, environment, code]) => {
  expect(await runAll(snapshot, { users: answer(users) }, environment)).toEqual([code]);
  showCodes(`snapshot with ${setting}`, [code]);
});

test('the search for canaries finds one anywhere in an error, even if it is only a part', () => {
  const part = CANARY_TOKEN.slice(3, 10);
  const hidden = new Error('outer', { cause: Object.assign(new Error('inner'), { deep: { er: [{ input: part }] } }) });
  expect(holdsCanary(everythingIn(hidden))).toBe(true);
  expect(holdsCanary(everythingIn(new Error('clean')))).toBe(false);
  expect(holdsCanary(canaryUser(1).email)).toBe(true);
  expect(holdsCanary(`${canaryUser(1).firstName}`)).toBe(true);
});

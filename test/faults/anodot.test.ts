import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  CredentialsError,
  InterruptedError,
  OperatorError,
  RefusedSnapshotError,
  SettingsError,
  SourceContractError,
  SourceUnavailableError,
  StoreError,
} from '../../functions/snapshot/errors.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { answer, bytes, inTurn, type Reply, serveAnodot, silence } from '../support/anodot/server.ts';
import { CANARY_BEARER, CANARY_TEXT, CANARY_TOKEN, canaryUser, holdsCanary } from '../support/canary.ts';
import { runCommand } from '../support/command.ts';
import {
  failing,
  filesOf,
  GOOD_USERS,
  publishedFolder,
  publishedIn,
  publishing,
  type Replies,
  type RunOptions,
} from '../support/faulted-run.ts';
import { deadlineIn, newFolder, take } from '../support/take.ts';

/**
 * What the product promises when Anodot, the network or the settings fail, in the order in which a run meets them. Each run
 * has a store with a good snapshot of the day; `failing` holds all that every failure promises, canaries included.
 */

const DAY = 86_400_000;
const MAIN = join(import.meta.dirname, '../../functions/command-line/main.ts');
const users = answer(GOOD_USERS);
const bearer = answer(JSON.stringify(CANARY_BEARER));
const status = (code: number, headers = {}): Reply => answer(CANARY_TEXT, code, headers);
const both = ['exchange', 'users'] as const;
/** The reply to the exchange or to the request for users. */
const at = (place: (typeof both)[number], reply: Reply): Replies => ({ [place]: reply });
const head = (...headers: string[]) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${headers.join('\r\n')}\r\n\r\n`;
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
/** Far more than fits into one chunk. */
const manyUsers = Array.from({ length: 1000 }, (_, n) => canaryUser(n + 1));

describe('the token', () => {
  test.for([400, 401])('that the exchange answers with %d is read once more, and is then not valid', async (code) => {
    let reads = 0;
    const readToken = async () => {
      reads++;
      return CANARY_TOKEN;
    };
    const { error, posts, gets } = await failing(CredentialsError, { exchange: status(code) }, { readToken });
    expect(reads).toBe(2);
    expect(posts).toHaveLength(1);
    expect(gets).toHaveLength(0);
    expect(error.message).toContain(`access-token answered ${code}`);
    expect(error.message).toContain('ANODOT_TOKEN');
  });

  test('that was rotated before the exchange is exchanged once more', async () => {
    const tokens = ['0'.repeat(32), CANARY_TOKEN];
    const { posts } = await publishing(
      { exchange: inTurn(status(401), bearer) },
      { readToken: async () => tokens.shift() ?? '' },
    );
    expect(posts.map(({ body }) => JSON.parse(body).refreshToken)).toEqual(['0'.repeat(32), CANARY_TOKEN]);
  });

  test('that was rotated, and is rejected again, is not valid', async () => {
    let reads = 0;
    const { posts } = await failing(
      CredentialsError,
      { exchange: status(401) },
      { readToken: async () => `${CANARY_TOKEN}${reads++}` },
    );
    expect(posts).toHaveLength(2);
  });

  test('that was rotated in mid-run is read anew when its bearer is rejected', async () => {
    const tokens = ['0'.repeat(32), CANARY_TOKEN];
    const { posts, gets } = await publishing(
      {
        exchange: inTurn(answer(JSON.stringify('old.old.old')), bearer),
        users: (response, n, request) =>
          (request.headers.authorization === `Bearer ${CANARY_BEARER}` ? users : status(401))(response, n, request),
      },
      { readToken: async () => tokens.shift() ?? '' },
    );
    expect(posts.map(({ body }) => JSON.parse(body).refreshToken)).toEqual(['0'.repeat(32), CANARY_TOKEN]);
    expect(gets.map(({ headers }) => headers.authorization)).toEqual(['Bearer old.old.old', `Bearer ${CANARY_BEARER}`]);
  });

  test('whose bearer the users endpoint rejects is exchanged once more, and is then not valid', async () => {
    const { error, posts, gets } = await failing(CredentialsError, { users: status(401) });
    expect(posts).toHaveLength(2);
    expect(gets).toHaveLength(2);
    expect(error.message).toContain('users answered 401');
  });

  test('whose bearer is rejected once, when the answer is asked for again, is exchanged once more', async () => {
    const half = bytes([head('content-length: 100000'), json(GOOD_USERS).subarray(0, 100)]);
    const { posts, gets } = await publishing({ users: inTurn(half, status(401), users) });
    expect(posts).toHaveLength(2);
    expect(gets).toHaveLength(3);
  });

  test('that is a bearer itself is used without an exchange, and read anew when it is rejected', async () => {
    const tokens = ['old.old.old', JSON.stringify({ accessToken: CANARY_BEARER })];
    const { posts, gets } = await publishing(
      { users: inTurn(status(401), users) },
      { readToken: async () => tokens.shift() ?? '' },
    );
    expect(posts).toHaveLength(0);
    expect(gets.map(({ headers }) => headers.authorization)).toEqual(['Bearer old.old.old', `Bearer ${CANARY_BEARER}`]);
  });

  test.for(both)('that may not do what is asked (403 at %s) fails at once', async (place) => {
    const { posts, gets } = await failing(CredentialsError, at(place, status(403)));
    expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [1, 0] : [1, 1]);
  });

  test.for([
    ['empty', ''],
    ['white space', ' \r\n'],
    ['an empty field', '{"refreshToken": ""}'],
    ['in quotes', JSON.stringify(CANARY_TOKEN)],
    ['malformed JSON', `{"refreshToken": "${CANARY_TOKEN}`],
    ['with an inner line feed', `${CANARY_TOKEN}\n${CANARY_TOKEN}`],
    ['with an inner line feed in JSON', JSON.stringify({ accessToken: `${CANARY_BEARER}\r\nx-evil: 1` })],
    ['with a NUL', `${CANARY_TOKEN}\0`],
    ['what was binary', `\ufffd\u0001${CANARY_TOKEN}`],
  ] as const)('that is %s is named and not quoted, and no request is made', async ([, text]) => {
    const { error, server } = await failing(CredentialsError, {}, { readToken: async () => text });
    expect(error.message).toMatch(/^ANODOT_TOKEN /);
    expect(server.requests).toHaveLength(0);
    expect(server.connections).toBe(0);
  });

  test('with a line end behind it is trimmed', async () => {
    const { posts } = await publishing({}, { readToken: async () => `${CANARY_TOKEN}\r\n` });
    expect(posts.map(({ body }) => body)).toEqual([JSON.stringify({ refreshToken: CANARY_TOKEN })]);
  });

  test.for([
    ['HTML', '<!doctype html><title>Log in</title>'],
    ['nothing', ''],
    ['null', 'null'],
    ['an object without a token', CANARY_TEXT.replace('"token"', '"other"')],
    ['a bearer with a line feed', JSON.stringify(`${CANARY_BEARER}\r\nx-evil: 1`)],
    ['a bearer that is cut off', `"${CANARY_BEARER}`],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0x61, 0xff, 0x22])],
    ['more than a bearer can be', JSON.stringify(CANARY_BEARER.repeat(2000))],
  ] as const)('that is exchanged for %s is a broken contract', async ([, body]) => {
    const { posts, gets } = await failing(SourceContractError, { exchange: answer(body) });
    expect(posts).toHaveLength(1);
    expect(gets).toHaveLength(0);
  });
});

describe('a host that is not Anodot', () => {
  test.for(both)('answers %s with 404: the setting is wrong', async (place) => {
    const { error, posts, gets } = await failing(SettingsError, at(place, status(404)));
    expect(error.message).toContain('ANODOT_URL');
    expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [1, 0] : [1, 1]);
  });

  test.for(both.flatMap((place) => [301, 302, 303, 307, 308].map((code) => [place, code] as const)))(
    'redirects %s with %d: the token goes nowhere else',
    async ([place, code]) => {
      const other = await serveAnodot({ exchange: bearer, users });
      onTestFinished(other.close);
      const path = place === 'exchange' ? 'access-token' : 'users';
      const location = `${other.url}/api/v2/${path}`;
      const { error, server } = await failing(SettingsError, at(place, status(code, { location })));
      expect(error.message).toContain('ANODOT_URL');
      expect(server.requests.filter((request) => request.path.endsWith(path))).toHaveLength(1);
      expect(other.connections).toBe(0);
    },
  );

  test('redirects to itself: that is no API either', async () => {
    const location = '/api/v2/users?page=1';
    const { server } = await failing(SettingsError, { users: status(302, { location }) });
    expect(server.requests.map(({ path }) => path)).not.toContain(location);
  });
});

describe('Anodot says that it is busy', () => {
  test('and after how many seconds to ask again, which is honoured', async () => {
    const { gets } = await publishing({ users: inTurn(status(429, { 'retry-after': '1' }), users) });
    expect(gets).toHaveLength(2);
    expect((gets[1]?.at ?? 0) - (gets[0]?.at ?? 0)).toBeGreaterThan(990);
  });

  test('and from when on to ask again, which is honoured', async () => {
    const busy: Reply = (response) => {
      const date = new Date(Date.now() + 2000).toUTCString(); // between one and two seconds away
      response.writeHead(429, { 'retry-after': date }).end();
    };
    const { posts } = await publishing({ exchange: inTurn(busy, bearer) });
    expect(posts).toHaveLength(2);
    expect((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0)).toBeGreaterThan(900);
  });

  test.for([['3600'], ['9'.repeat(400)], [new Date(Date.now() + 3_600_000).toUTCString()]])(
    'for longer than the run has time (%j): it fails at once',
    async ([retryAfter]) => {
      for (const code of [429, 503]) {
        const { gets, milliseconds } = await failing(
          SourceUnavailableError,
          { users: status(code, { 'retry-after': retryAfter }) },
          { run: { deadline: deadlineIn(30_000) } },
        );
        expect(gets).toHaveLength(1);
        expect(milliseconds).toBeLessThan(10_000);
      }
    },
  );

  test.for(['', '-5', '0x10', 'Infinity', '1e3', '1.5', 'soon', 'Mon, 45 Nov 2026 02:15:30 GMT'])(
    'with a Retry-After of %j, which is ignored: it waits as without one',
    async (retryAfter) => {
      const { gets } = await publishing(
        { users: inTurn(status(429, { 'retry-after': retryAfter }), users) },
        { limits: { firstPause: 200 } },
      );
      expect(gets).toHaveLength(2);
      const pause = (gets[1]?.at ?? 0) - (gets[0]?.at ?? 0);
      expect(pause).toBeGreaterThan(95);
      expect(pause).toBeLessThan(10_000);
    },
  );

  test.for(both.flatMap((place) => [429, 500, 502, 503, 504].map((code) => [place, code] as const)))(
    'to %s with %d, and goes on to: it is asked four times',
    async ([place, code]) => {
      const { error, posts, gets } = await failing(SourceUnavailableError, at(place, status(code)));
      expect(error.message).toContain(`answered ${code} (tried 4 times)`);
      expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [4, 0] : [1, 4]);
    },
  );

  test('three times, and then answers: the snapshot is published', async () => {
    const { posts, gets } = await publishing({
      exchange: inTurn(status(500), status(502), status(503), bearer),
      users: inTurn(status(503), status(504), status(429), users),
    });
    expect([posts.length, gets.length]).toEqual([4, 4]);
  });

  test('and the next pause would outlast the run: it fails at once', async () => {
    const { gets, milliseconds } = await failing(
      SourceUnavailableError,
      { users: status(503) },
      { limits: { firstPause: 60_000 }, run: { deadline: deadlineIn(20_000) } },
    );
    expect(gets).toHaveLength(1);
    expect(milliseconds).toBeLessThan(10_000);
  });
});

describe('the network', () => {
  test('does not know the host', async () => {
    const { error } = await failing(SourceUnavailableError, {}, { url: 'https://no-such-host.invalid' });
    expect(error.message).toContain('unknown host');
    expect(error.message).toContain('tried 4 times');
  });

  test('refuses the connection', async () => {
    const gone = await serveAnodot();
    await gone.close();
    const { error } = await failing(SourceUnavailableError, {}, { url: gone.url });
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).toContain('tried 4 times');
  });

  test.for(both)('resets the connection before an answer to %s: it is asked four times', async (place) => {
    const { posts, gets } = await failing(SourceUnavailableError, at(place, bytes([], 'reset')));
    expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [4, 0] : [1, 4]);
  });

  test.for([
    ['nothing', ''],
    ['what is not HTTP', CANARY_TEXT],
    ['half a header', `HTTP/1.1 200 OK\r\nauthorization: ${CANARY_BEARER}`],
    ['a header that is not one', `HTTP/1.1 200 OK\r\n${CANARY_TOKEN}\u0001\r\n\r\n`],
    ['headers without end', `HTTP/1.1 200 OK\r\n${`x-${CANARY_TOKEN}: ${CANARY_TOKEN}\r\n`.repeat(2000)}\r\n`],
  ] as const)('brings %s: it is asked four times', async ([, text]) => {
    const { gets } = await failing(SourceUnavailableError, { users: bytes([text]) });
    expect(gets).toHaveLength(4);
  });

  test('resets two connections and then brings the answer', async () => {
    const reset = bytes([], 'reset');
    await publishing({ exchange: inTurn(reset, reset, bearer), users: inTurn(reset, reset, users) });
  });

  test('breaks an error status off in its body: it is tried again for its status', async () => {
    const broken = bytes([`HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2,\r\nZZ\r\n`]);
    const cut = bytes(['HTTP/1.1 503 Busy\r\ncontent-length: 100000\r\n\r\n[']);
    const notGzip = bytes(['HTTP/1.1 503 Busy\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope']);
    const { gets } = await publishing({ users: inTurn(broken, cut, notGzip, users) });
    expect(gets).toHaveLength(4);
  });

  test.for(['400', '401', '403', '404', '204'])(
    'breaks a %s off in its body: it counts for its status',
    async (code) => {
      const badChunk = '\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2,\r\nZZ\r\n';
      for (const place of both) {
        const { error } = await failing(OperatorError, at(place, bytes([`HTTP/1.1 ${code} No${badChunk}`])));
        expect(error.message).toContain(`answered ${code}`);
      }
    },
  );

  test('breaks off an answer whose clock differs: the clock is what counts', async () => {
    const date = new Date(Date.now() - DAY).toUTCString();
    await failing(SettingsError, { users: bytes([head(`date: ${date}`, 'transfer-encoding: chunked'), 'ZZ\r\n']) });
  });
});

describe('TLS', () => {
  const before = getCACertificates('default');
  const names = [{ name: 'commonName', value: 'Anodot of the tests' }];
  const loopback = { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] };
  const other = { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'app.anodot.com' }] };
  const authorityUse = [
    { name: 'basicConstraints' as const, cA: true, critical: true },
    { name: 'keyUsage' as const, keyCertSign: true, critical: true },
  ];
  const newAuthority = async (name: string) => {
    const made = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: authorityUse,
    });
    return { key: made.private, cert: made.cert };
  };
  const newCertificate = async (options: Parameters<typeof generate>[1]) => {
    const made = await generate(names, { keyType: 'ec', algorithm: 'sha256', extensions: [loopback], ...options });
    return { key: made.private, cert: made.cert };
  };
  let trusted: Awaited<ReturnType<typeof newAuthority>>;

  beforeAll(async () => {
    trusted = await newAuthority('authority');
    setDefaultCACertificates([...before, trusted.cert]);
  });
  afterAll(() => setDefaultCACertificates(before));

  test('with a certificate that can be trusted is as good as HTTP', async () => {
    await publishing({}, { server: { certificate: await newCertificate({ ca: trusted }) } });
  });

  test.for([
    ['signed by itself', async () => newCertificate({})],
    ['signed by somebody unknown', async () => newCertificate({ ca: await newAuthority('somebody') })],
    [
      'signed by somebody unknown, who is sent along',
      async () => {
        const unknown = await newAuthority('somebody');
        const { key, cert } = await newCertificate({ ca: unknown });
        return { key, cert: `${cert}\n${unknown.cert}` };
      },
    ],
    [
      'that has expired',
      async () =>
        newCertificate({ ca: trusted, notBeforeDate: new Date('2020-01-01'), notAfterDate: new Date('2021-01-01') }),
    ],
    [
      'that is not valid yet',
      async () =>
        newCertificate({ ca: trusted, notBeforeDate: new Date('2090-01-01'), notAfterDate: new Date('2091-01-01') }),
    ],
    ['of another host', async () => newCertificate({ ca: trusted, extensions: [other] })],
  ] as const)('with a certificate %s fails at once, before the token is sent', async ([, certificate]) => {
    const { error, server } = await failing(
      SourceUnavailableError,
      {},
      { server: { certificate: await certificate() } },
    );
    expect(error.message).toContain("the certificate can't be trusted");
    expect(server.connections).toBe(1);
    expect(server.requests).toHaveLength(0);
  });

  test('that breaks off in the handshake is tried again', async () => {
    const { server } = await publishing(
      {},
      {
        server: {
          certificate: await newCertificate({ ca: trusted }),
          onConnection: (socket, n) => {
            if (n <= 2) socket.destroy();
          },
        },
      },
    );
    expect(server.connections).toBeGreaterThan(2);
  });

  test('that never comes to a handshake is unavailable', async () => {
    const { server } = await failing(
      SourceUnavailableError,
      {},
      {
        server: {
          certificate: await newCertificate({ ca: trusted }),
          onConnection: (socket) => socket.destroy(),
        },
      },
    );
    expect(server.connections).toBe(4);
  });
});

describe('an answer that breaks off', () => {
  const body = json(manyUsers);
  const half = body.subarray(0, body.length / 2);
  const zipped = gzipSync(body);
  const halfZipped = zipped.subarray(0, zipped.length / 2);
  const breaks = [
    ['by a short Content-Length', [head(`content-length: ${body.length}`), half]],
    [
      'by a short Content-Length, compressed',
      [head(`content-length: ${zipped.length}`, 'content-encoding: gzip'), halfZipped],
    ],
    ['between two chunks', [head('transfer-encoding: chunked'), `${half.length.toString(16)}\r\n`, half, '\r\n']],
    [
      'by a chunk that is not one',
      [head('transfer-encoding: chunked'), `${half.length.toString(16)}\r\n`, half, '\r\nnope\r\n'],
    ],
  ] as const;

  test.for(breaks)('%s is asked for again', async ([, parts]) => {
    const { gets, rows, raw } = await publishing({ users: inTurn(bytes(parts), bytes(parts), answer(body)) });
    expect(gets).toHaveLength(3);
    expect(rows).toHaveLength(manyUsers.length);
    expect(raw).toEqual([body]);
  });

  test.for(breaks)('%s, each time, is unavailable after three', async ([, parts]) => {
    const { gets, raw } = await failing(SourceUnavailableError, { users: bytes(parts) });
    expect(gets).toHaveLength(3);
    expect(raw).toEqual([]);
  });

  /** Sends half of the body and resets the connection as soon as the run has some of it. */
  function resetInMidBody(parts: readonly (string | Uint8Array)[]): { reply: Reply; options: RunOptions } {
    let cut: (() => void) | undefined;
    const reply: Reply = ({ socket }) => {
      socket?.write(Buffer.concat(parts.map((part) => Buffer.from(part))));
      cut = () => socket?.resetAndDestroy();
    };
    const onProgress = ({ bytes: received }: { readonly bytes: number }) => {
      if (received === 0) return;
      cut?.();
      cut = undefined;
    };
    return { reply, options: { run: { onProgress } } };
  }

  test.for(breaks)('%s, or is reset in the middle, is asked for again', async ([, parts]) => {
    const { reply, options } = resetInMidBody(parts);
    const { gets, rows, raw } = await publishing({ users: inTurn(reply, reply, answer(body)) }, options);
    expect(gets).toHaveLength(3);
    expect(rows).toHaveLength(manyUsers.length);
    expect(raw).toEqual([body]);
  });

  test('by a reset, each time, is unavailable after three', async () => {
    const { reply, options } = resetInMidBody([head(`content-length: ${body.length}`), half]);
    const { gets } = await failing(SourceUnavailableError, { users: reply }, options);
    expect(gets).toHaveLength(3);
  });

  test('at the exchange is asked for again', async () => {
    const cut = bytes([head('content-length: 1000'), '"eyJ']);
    const { posts, gets } = await publishing({ exchange: inTurn(cut, cut, bearer) });
    expect([posts.length, gets.length]).toEqual([3, 1]);
  });

  test('at the exchange, each time, is unavailable after four', async () => {
    const { posts, gets } = await failing(SourceUnavailableError, {
      exchange: bytes([head('content-length: 1000'), '"eyJ']),
    });
    expect([posts.length, gets.length]).toEqual([4, 0]);
  });

  test('and breaks the contract before it does is asked for again all the same', async () => {
    const wrong = json([canaryUser(1, { disabled: 'true' }), ...manyUsers]);
    const cut = bytes([head(`content-length: ${wrong.length}`), wrong.subarray(0, wrong.length / 2)]);
    const { gets } = await publishing({ users: inTurn(cut, answer(body)) });
    expect(gets).toHaveLength(2);
  });
});

describe('an answer that ends before its list does', () => {
  const body = json(manyUsers);

  test.for([
    ['in a record', body.subarray(0, 1000)],
    ['far behind the first chunk', body.subarray(0, body.length - 100)],
    ['between two records', Buffer.from(`${String(body).slice(0, String(body).indexOf('},{') + 1)}`)],
    ['behind a comma', Buffer.from(`${String(body).slice(0, String(body).indexOf('},{') + 2)}`)],
    ['before the last bracket', body.subarray(0, -1)],
    ['at its beginning', Buffer.from('[')],
    [
      'in the middle of a character',
      Buffer.from(JSON.stringify([canaryUser(1, { firstName: 'Zqxjé' })]).split('é')[0] ?? '')
        .toString('latin1')
        .concat('\xc3'),
    ],
  ] as const)('%s is asked for once more, and is then no list; both are under raw/', async ([, part]) => {
    const came = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    const { gets, raw } = await failing(SourceContractError, { users: answer(came) });
    expect(gets).toHaveLength(2);
    expect(raw).toEqual([came, came]);
  });

  test('once, and is whole the second time, is published', async () => {
    const { gets, rows, raw } = await publishing({ users: inTurn(answer(body.subarray(0, -1)), answer(body)) });
    expect(gets).toHaveLength(2);
    expect(rows).toHaveLength(manyUsers.length);
    expect(raw).toEqual([body.subarray(0, -1), body]);
  });

  test('once, and is unavailable the second time, is still named as what came', async () => {
    const { raw } = await failing(SourceUnavailableError, { users: inTurn(answer(body.subarray(0, -1)), status(503)) });
    expect(raw).toEqual([body.subarray(0, -1)]);
  });

  test('is not kept where SNAPSHOT_KEEP_RAW is off', async () => {
    const { raw, document } = await failing(
      SourceContractError,
      { users: answer(body.subarray(0, -1)) },
      { environment: { SNAPSHOT_KEEP_RAW: 'false' } },
    );
    expect(raw).toEqual([]);
    expect(document.raw_key).toBeNull();
  });
});

describe('an answer with 200 that is no list of users', () => {
  const envelope = {
    path: '/api/v2/users',
    message: CANARY_TEXT,
    additionalInfo: null,
    name: 'HttpError',
    andtErrorCode: 1002,
    status: 200,
  };
  test.for([
    ['an HTML login page', `<!doctype html><title>Log in</title>${CANARY_TEXT}`],
    ['HTML behind white space', ` \r\n<html>${CANARY_TEXT}`],
    ['null', 'null'],
    ['an object', CANARY_TEXT],
    ['the error envelope', JSON.stringify(envelope)],
    ['an object around the list', JSON.stringify({ users: GOOD_USERS })],
    ['a string', JSON.stringify(CANARY_TEXT)],
    ['a number', '12'],
    ['a word', CANARY_TOKEN],
    ['two lists', `${JSON.stringify(GOOD_USERS)}${JSON.stringify(GOOD_USERS)}`],
    ['one JSON object a line', GOOD_USERS.map((user) => JSON.stringify(user)).join('\n')],
    ['a list with a comma too many', `${JSON.stringify(GOOD_USERS).slice(0, -1)},]`],
    ['a list without a comma', JSON.stringify(GOOD_USERS).replace('},{', '}{')],
    ['a list and a word', `${JSON.stringify(GOOD_USERS)} ${CANARY_TOKEN}`],
    ['UTF-16', Buffer.from(JSON.stringify(GOOD_USERS), 'utf16le')],
  ] as const)('but %s fails at once, and the whole answer is under raw/', async ([, body]) => {
    const { gets, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([Buffer.from(body)]);
  });

  test.for(['', ' \r\n'])('but nothing (%j) is asked for once more', async (body) => {
    const { gets, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(gets).toHaveLength(2);
    expect(raw).toEqual([Buffer.from(body), Buffer.from(body)]);
  });

  test.for(both.flatMap((place) => [201, 202, 204, 206, 402, 409, 418].map((code) => [place, code] as const)))(
    'is not expected: %s with %d fails at once',
    async ([place, code]) => {
      const { error, server } = await failing(SourceContractError, at(place, status(code)));
      expect(error.message).toContain(`answered ${code}; expected 200`);
      expect(server.requests).toHaveLength(place === 'exchange' ? 1 : 2);
    },
  );

  test('and 400 for users fails at once', async () => {
    const { gets } = await failing(SourceContractError, { users: status(400) });
    expect(gets).toHaveLength(1);
  });
});

describe('an account without users', () => {
  test.for(['[]', ' [ ]\n', '\ufeff[]'])('(%j) is refused, and the answer is under raw/', async (body) => {
    const { gets, raw, document } = await failing(RefusedSnapshotError, { users: answer(body) });
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([Buffer.from(body)]);
    expect(document.status).toBe('refused');
  });

  test('is published where that is allowed', async () => {
    const { rows, taken } = await publishing({ users: answer([]) }, { environment: { SNAPSHOT_ALLOW_EMPTY: 'true' } });
    expect(rows).toEqual([]);
    expect(taken.manifest?.user_count).toBe(0);
  });
});

describe('a record', () => {
  /** Enough users that the record in question and its like arrive in different chunks. */
  const among = (place: number, ...records: readonly unknown[]) => [
    ...manyUsers.slice(0, place),
    ...records,
    ...manyUsers.slice(place),
  ];

  test.for([1, 999])('that comes again at %d, identical, is kept once and counted', async (place) => {
    const { rows, taken } = await publishing({ users: answer(among(place, canaryUser(1))) });
    expect(rows).toHaveLength(manyUsers.length);
    expect(taken.manifest?.drift.duplicates).toBe(1);
  });

  test('that comes again with its fields in another order, or with an empty list for none, is identical', async () => {
    const again = Object.fromEntries(Object.entries(canaryUser(1)).reverse());
    const { rows, taken } = await publishing({
      users: answer([...GOOD_USERS, again, { ...again, groups: null, defaultGroup: null }]),
    });
    expect(rows).toHaveLength(GOOD_USERS.length);
    expect(taken.manifest?.drift.duplicates).toBe(2);
  });

  test.for([1, 999])('that comes again at %d with other content breaks the contract', async (place) => {
    const body = json(among(place, canaryUser(1, { firstName: 'Zqxj the other' })));
    const { error, gets, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(error.message).toContain(`users[${place}]._id`);
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([body]);
  });

  test.for([
    ['without an _id', canaryUser(1, { _id: undefined }), 'users[1]._id'],
    ['whose _id is null', canaryUser(1, { _id: null }), 'users[1]._id'],
    ['whose _id is null, beside an alias', canaryUser(1, { _id: null, id: 'a' }), 'users[1]._id'],
    ['whose _id is empty', canaryUser(1, { _id: '' }), 'users[1]._id'],
    ['whose _id is a number', canaryUser(1, { _id: 608 }), 'users[1]._id'],
    ['that is null', null, 'users[1]'],
    ['that is a number', 12, 'users[1]'],
    ['that is a string', CANARY_TEXT, 'users[1]'],
    ['that is true', true, 'users[1]'],
    ['that is an array', [canaryUser(1)], 'users[1]'],
    ['that is empty', {}, 'users[1]._id'],
    ['whose disabled is "true"', canaryUser(1, { disabled: 'true' }), 'users[1].disabled'],
    ['whose disabled is 0', canaryUser(1, { disabled: 0 }), 'users[1].disabled'],
    ['whose roles are a string', canaryUser(1, { roles: 'zqxjzqxj' }), 'users[1].roles'],
    ['with a role that is an object', canaryUser(1, { roles: ['a', { zqxj: 1 }] }), 'users[1].roles[1]'],
    ['with a group that is null', canaryUser(1, { groups: [null] }), 'users[1].groups[0]'],
    ['whose groups are an object', canaryUser(1, { groups: {} }), 'users[1].groups'],
    ['whose email is an array', canaryUser(1, { email: ['zqxj@zqxj'] }), 'users[1].email'],
    ['whose firstName is a number', canaryUser(1, { firstName: 5 }), 'users[1].firstName'],
    ['whose lastName is true', canaryUser(1, { lastName: true }), 'users[1].lastName'],
    ['whose ownerOrganization is a number', canaryUser(1, { ownerOrganization: 5 }), 'users[1].ownerOrganization'],
    ['whose defaultGroup is an array', canaryUser(1, { defaultGroup: [] }), 'users[1].defaultGroup'],
    ['whose createdAt is a number', canaryUser(1, { createdAt: 1619959587823 }), 'users[1].createdAt'],
    ['whose createdAt is no time', canaryUser(1, { createdAt: 'zqxjzqxj' }), 'users[1].createdAt'],
    ['whose createdAt is empty', canaryUser(1, { createdAt: '' }), 'users[1].createdAt'],
    ['whose createdAt has no zone', canaryUser(1, { createdAt: '2021-05-02T12:46:27' }), 'users[1].createdAt'],
    [
      'whose createdAt is the 30th of February',
      canaryUser(1, { createdAt: '2021-02-30T00:00:00Z' }),
      'users[1].createdAt',
    ],
    ['whose lastActive is false', canaryUser(1, { lastActive: false }), 'users[1].lastActive'],
  ] as const)(
    '%s breaks the contract; field and index are named, the whole answer is under raw/',
    async ([, record, place]) => {
      const body = json(among(1, record));
      const { error, gets, raw } = await failing(SourceContractError, { users: answer(body) });
      expect(error.message.split(':')[0]).toBe(place);
      expect(gets).toHaveLength(1);
      expect(raw).toEqual([body]);
    },
  );

  test('with an unknown field that is nested beyond all measure breaks the contract', async () => {
    const deep = `${'['.repeat(200_000)}1${']'.repeat(200_000)}`;
    const body = `[${JSON.stringify(canaryUser(1)).slice(0, -1)}, "other": ${deep}}]`;
    const { error, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(error.message).toContain('users[0]: an unknown field');
    expect(raw).toEqual([Buffer.from(body)]);
  });

  test('that breaks the contract in mid-answer is named by its place in the whole answer', async () => {
    const { error } = await failing(SourceContractError, { users: answer(among(800, { _id: 5 })) });
    expect(error.message).toContain('users[800]._id');
  });

  test('that lacks every documented field but _id is a row of nulls, and each lack is counted', async () => {
    const { rows, taken } = await publishing({ users: answer([...GOOD_USERS, { _id: 'a' }]) });
    expect(rows.at(-1)).toEqual({
      id: 'a',
      created_at: null,
      first_name: null,
      last_name: null,
      email: null,
      roles: null,
      disabled: null,
      owner_organization: null,
      groups: [],
      default_group: null,
      last_active: null,
      extra_json: null,
    });
    expect(taken.manifest?.drift.missing_fields).toEqual(
      [
        'createdAt',
        'firstName',
        'lastName',
        'email',
        'roles',
        'disabled',
        'ownerOrganization',
        'groups',
        'defaultGroup',
      ].sort(),
    );
  });

  test('under the names that the documentation misprints is accepted and counted; they never win', async () => {
    const { _id, createdAt, firstName, ...rest } = canaryUser(4);
    const { rows, taken } = await publishing({
      users: answer([
        ...GOOD_USERS,
        { id: _id, createAt: createdAt, firtName: firstName, ...rest },
        { id: 'wrong', createAt: '2000-01-01T00:00:00Z', firtName: 'wrong', ...canaryUser(5) },
      ]),
    });
    expect(rows.slice(3)).toMatchObject([
      { id: _id, created_at: createdAt, first_name: 'Zqxj', extra_json: null },
      { id: canaryUser(5)._id, created_at: createdAt, first_name: 'Zqxj', extra_json: null },
    ]);
    expect(taken.manifest?.drift.aliases).toEqual(['createAt', 'firtName', 'id']);
  });

  test('with an unknown role keeps it, and the manifest names it', async () => {
    const { rows, taken } = await publishing({
      users: answer([...GOOD_USERS, canaryUser(4, { roles: ['customer-user', 'auditor'] })]),
    });
    expect(rows.at(-1)).toMatchObject({ roles: ['auditor', 'customer-user'] });
    expect(taken.manifest).toMatchObject({ drift: { unknown_roles: ['auditor'] }, roles: { auditor: 1 } });
  });

  test('with fields that nobody documented has them in extra_json, inert, and the manifest names them', async () => {
    const odd = `{"__proto__": {"disabled": true}, "constructor": 1, "_col0": "x", "EMAIL": "y", "id ": 2, "": 3, ${JSON.stringify(canaryUser(4)).slice(1)}`;
    const { rows, taken } = await publishing({ users: answer(`[${odd}]`) });
    expect(rows[0]).toMatchObject({ id: canaryUser(4)._id, disabled: false, email: canaryUser(4).email });
    expect(rows[0]?.['extra_json']).toBe(
      '{"__proto__":{"disabled":true},"constructor":1,"_col0":"x","EMAIL":"y","id ":2,"":3}',
    );
    expect(taken.manifest?.drift.unknown_fields).toEqual(['', 'EMAIL', '__proto__', '_col0', 'constructor', 'id ']);
  });

  test('with integers beyond 2^53 and other exact numbers in an unknown field keeps them digit by digit', async () => {
    const exact = '{"n":9007199254740993,"d":1.10,"e":1e400,"z":-0,"list":[12345678901234567890]}';
    const { rows } = await publishing({
      users: answer(`[${JSON.stringify(canaryUser(4)).slice(0, -1)}, "score": ${exact}}]`),
    });
    expect(rows[0]?.['extra_json']).toBe(`{"score":${exact}}`);
  });

  test('with anything in a name is exact in JSON Lines, and one inert line in CSV', async () => {
    const names = [
      'a\0b',
      '\u202eevil',
      'two\r\nlines\nthree\u2028four\u0085',
      '=1+1',
      '  +1',
      '＠x',
      '"quoted", he said',
      "it's",
    ];
    const { rows, taken, folder, document } = await publishing({
      users: answer(names.map((firstName, n) => canaryUser(n + 1, { firstName }))),
    });
    expect(rows.map(({ first_name }) => first_name)).toEqual(names);
    const csv = await readFile(join(folder, `users/csv/dt=${document.dt}/users-${document.dt}.csv`), 'utf8');
    expect(csv.split('\r\n')).toHaveLength(names.length + 2); // the header, and nothing behind the last line end
    expect(csv).not.toMatch(/[\0\u2028\u0085]|[^\r]\n/);
    expect(csv).toContain("'=1+1");
    expect(csv).toContain("'  +1");
    expect(csv).toContain("'＠x");
    expect(csv).toContain('\u202eevil');
    expect(taken.manifest?.csv_cells_altered).toBe(5);
  });

  test('with a lone surrogate gets U+FFFD in its place, counted', async () => {
    const { rows, taken } = await publishing({
      users: answer('[{"_id": "a", "firstName": "x\\ud800y\\udc00", "other": "\\udfff", "fine": "\\ud83d\\ude00"}]'),
    });
    expect(rows[0]).toMatchObject({ first_name: 'x\ufffdy\ufffd', extra_json: '{"other":"\ufffd","fine":"😀"}' });
    expect(taken.manifest?.drift.lone_surrogates).toBe(3);
  });
});

describe('an answer without measure', () => {
  /** Writes chunks until the connection is closed; says how many bytes went out, once it is. */
  function endless(first: string, chunk: string, code = 200): { reply: Reply; closed: Promise<number> } {
    const { promise: closed, resolve } = Promise.withResolvers<number>();
    let sent = 0;
    function* chunks(): Generator<string> {
      yield first;
      for (;;) {
        sent += chunk.length;
        yield chunk;
      }
    }
    const reply: Reply = (response) => {
      response.writeHead(code, { 'content-type': 'application/json' });
      pipeline(Readable.from(chunks()), response).catch(() => resolve(sent));
    };
    return { reply, closed };
  }

  const user = `${JSON.stringify(canaryUser(1))},`;
  test.for([
    ['of users', '[', user.repeat(100)],
    ['of one value', '[{"_id":"', 'x'.repeat(65_536)],
    ['of white space', '[', ' '.repeat(65_536)],
    ['of brackets', '[', '['.repeat(65_536)],
    ['of nothing like a list', '<', CANARY_TEXT.repeat(100)],
  ] as const)('%s is cut off at the cap', async ([, first, chunk]) => {
    const { reply, closed } = endless(first, chunk);
    const { gets, raw } = await failing(
      SourceContractError,
      { users: reply },
      { limits: { maxBytes: 3_000_000, maxElementLength: 200_000 } },
    );
    expect(gets).toHaveLength(1);
    expect(await closed).toBeLessThan(30_000_000);
    expect(raw).toHaveLength(1);
    expect(raw[0]?.length).toBeLessThanOrEqual(3_000_000);
    expect(raw[0]?.length).toBeGreaterThan(2_000_000);
  });

  test('at the exchange is cut off', async () => {
    const { reply, closed } = endless('"', 'x'.repeat(65_536));
    const { posts } = await failing(SourceContractError, { exchange: reply });
    expect(posts).toHaveLength(1);
    expect(await closed).toBeLessThan(30_000_000);
  });

  test('in an error status is cut off', async () => {
    const answers = Array.from({ length: 4 }, () => endless('', CANARY_TEXT.repeat(100), 503));
    const { gets } = await failing(SourceUnavailableError, { users: inTurn(...answers.map(({ reply }) => reply)) });
    expect(gets).toHaveLength(4);
    for (const { closed } of answers) expect(await closed).toBeLessThan(30_000_000);
  });

  test('in one value beyond its cap breaks the contract, and the whole answer is under raw/', async () => {
    const body = json([...GOOD_USERS, canaryUser(4, { firstName: 'x'.repeat(1_000_000) }), ...manyUsers.slice(4)]);
    const { gets, raw } = await failing(
      SourceContractError,
      { users: answer(body) },
      { limits: { maxElementLength: 200_000 } },
    );
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([body]);
  });

  test('when it is unpacked is cut off at the cap', async () => {
    const bomb = Buffer.concat(Array.from({ length: 20 }, () => gzipSync(Buffer.alloc(10_000_000, ' '))));
    const { gets, raw } = await failing(
      SourceContractError,
      { users: answer(bomb, 200, { 'content-encoding': 'gzip' }) },
      { limits: { maxBytes: 3_000_000 } },
    );
    expect(gets).toHaveLength(1);
    expect(raw[0]?.length).toBeLessThanOrEqual(3_000_000);
  });

  test('when it is unpacked at the exchange is cut off', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
    const { posts } = await failing(SourceContractError, {
      exchange: answer(bomb, 200, { 'content-encoding': 'gzip' }),
    });
    expect(posts).toHaveLength(1);
  });
});

describe('bytes that are not UTF-8', () => {
  const text = String(json([...manyUsers, canaryUser(5000, { lastName: 'HERE' })]));
  const [before = '', after = ''] = text.split('HERE');
  test.for([
    ['a byte of Latin-1', [0xe9]],
    ['a lone continuation', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['what is beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
    ['half a character', [0xe2, 0x82]],
  ] as const)('(%s) break the contract, and the whole answer is under raw/', async ([, bad]) => {
    const body = Buffer.concat([Buffer.from(before), Buffer.from(bad), Buffer.from(after)]);
    const { gets, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([body]);
  });

  test('are no byte order mark, which is accepted', async () => {
    const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json(GOOD_USERS)]);
    const { rows, raw } = await publishing({ users: answer(body) });
    expect(rows).toHaveLength(GOOD_USERS.length);
    expect(raw).toEqual([body]);
  });
});

describe('a compressed answer', () => {
  const body = json(manyUsers);
  const zip = gzipSync(body);
  const gzip = (data: Uint8Array): Reply => answer(data, 200, { 'content-encoding': 'gzip' });
  const damaged = (whole: Uint8Array): Buffer => {
    const copy = Buffer.from(whole);
    const middle = Math.floor(copy.length / 2);
    copy.fill(0xff, middle, middle + 50);
    return copy;
  };
  /** Stored, not deflated: the damage shows in the checksum at the end only. */
  const stored = gzipSync(body, { level: constants.Z_NO_COMPRESSION });
  const storedDamaged = Buffer.from(stored);
  storedDamaged.writeUInt8(storedDamaged.readUInt8(stored.length - 500) ^ 1, stored.length - 500);

  test('is unpacked, and raw/ has what came out', async () => {
    const { rows, raw } = await publishing({ users: gzip(zip) });
    expect(rows).toHaveLength(manyUsers.length);
    expect(raw).toEqual([body]);
  });

  test.for([
    ['gzip that is cut off', gzip(zip.subarray(0, zip.length / 2))],
    ['gzip that is cut off in its header', gzip(zip.subarray(0, 5))],
    ['damaged gzip', gzip(damaged(zip))],
    ['gzip with a wrong checksum', gzip(storedDamaged)],
    ['what is no gzip', gzip(json(GOOD_USERS))],
    ['what is no brotli', answer(json(GOOD_USERS), 200, { 'content-encoding': 'br' })],
    ['brotli that is cut off', answer(brotliCompressSync(body).subarray(0, 1000), 200, { 'content-encoding': 'br' })],
    ['damaged Zstandard', answer(damaged(zstdCompressSync(body)), 200, { 'content-encoding': 'zstd' })],
    ['damaged deflate', answer(damaged(deflateSync(body)), 200, { 'content-encoding': 'deflate' })],
  ] as const)('of %s is asked for once more, and is then no list', async ([, reply]) => {
    const { gets, raw } = await failing(SourceContractError, { users: reply });
    expect(gets).toHaveLength(2);
    expect(raw).toHaveLength(2);
  });

  test('of damaged gzip, which is whole the second time, is published', async () => {
    const { gets, rows } = await publishing({ users: inTurn(gzip(damaged(zip)), gzip(zip)) });
    expect(gets).toHaveLength(2);
    expect(rows).toHaveLength(manyUsers.length);
  });

  test('in an encoding that nobody knows breaks the contract', async () => {
    await failing(SourceContractError, { users: answer(zip, 200, { 'content-encoding': 'x-zqxj' }) });
  });
});

describe('the time of the run', () => {
  /** A deadline 300 ms after the first request that gets the reply, however slow the machine is. */
  function withDeadline(reply: Reply): { reply: Reply; options: RunOptions } {
    const timeout = new AbortController();
    let end: number | undefined;
    const remaining = () => (end === undefined ? 60_000 : end - performance.now());
    const begin = () => {
      end = performance.now() + 300;
      setTimeout(() => timeout.abort(new DOMException('the time is over', 'TimeoutError')), 300);
    };
    return {
      reply: (response, n, request) => {
        if (end === undefined) begin();
        reply(response, n, request);
      },
      options: { run: { deadline: { signal: timeout.signal, remaining } } },
    };
  }

  /** Sends a byte every ten milliseconds, for ever. */
  const drip: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.once('close', () => clearInterval(timer));
  };
  const dripHeaders: Reply = ({ socket }) => {
    socket?.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket?.write('x: y\r\n'), 10);
    socket?.once('close', () => clearInterval(timer));
  };

  test.for(
    both.flatMap((place) =>
      (
        [
          ['a slow drip', drip],
          ['headers that drip', dripHeaders],
          ['no answer at all', silence],
        ] as const
      ).map(([what, reply]) => [place, what, reply] as const),
    ),
  )('is over while %s answers with %s: unavailable', async ([place, , reply]) => {
    const slow = withDeadline(reply);
    const { error, posts, gets, milliseconds, raw } = await failing(
      SourceUnavailableError,
      at(place, slow.reply),
      slow.options,
    );
    expect(error.message).toContain('within the time of the run');
    expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [1, 0] : [1, 1]);
    expect(milliseconds).toBeLessThan(10_000);
    expect(raw).toEqual([]);
  });

  test('is over while it waits for the next try', async () => {
    const { reply, options } = withDeadline(bytes([head('content-length: 100'), '[']));
    const { milliseconds } = await failing(
      SourceUnavailableError,
      { users: reply },
      { ...options, limits: { firstPause: 60_000 } },
    );
    expect(milliseconds).toBeLessThan(10_000);
  });

  test('belongs to the whole exchange: it is not begun anew with each try', async () => {
    const cut = bytes([head('content-length: 100'), '[']);
    const { reply, options } = withDeadline(inTurn(bytes([], 'reset'), cut, drip));
    const { gets, milliseconds } = await failing(SourceUnavailableError, { users: reply }, options);
    expect(gets).toHaveLength(3);
    expect(milliseconds).toBeLessThan(10_000);
  });
});

test('users of two owner organizations in one answer are refused, and the answer is under raw/', async () => {
  const body = json([...manyUsers, canaryUser(5000, { ownerOrganization: '7'.repeat(24) })]);
  const { gets, raw } = await failing(RefusedSnapshotError, { users: answer(body) });
  expect(gets).toHaveLength(1);
  expect(raw).toEqual([body]);
});

describe('the clock', () => {
  const minutesAway = (minutes: number): Reply =>
    answer(GOOD_USERS, 200, { date: new Date(Date.now() + minutes * 60_000).toUTCString() });

  test.for([-16, 16, 60 * 24 * 365])(
    'that differs by %d minutes from that of the answer fails before anything is staged',
    async (minutes) => {
      const { error, gets, raw } = await failing(SettingsError, { users: minutesAway(minutes) });
      expect(error.message).toContain('clock');
      expect(gets).toHaveLength(1);
      expect(raw).toEqual([]);
    },
  );

  test.for([-14, 14])('that differs by %d minutes is good enough', async (minutes) => {
    await publishing({ users: minutesAway(minutes) });
  });

  test.for(['yesterday', '', '0', '5', '-5', 'Mon, 45 Nov 2026 02:15:30 GMT'])(
    'is not compared with a Date of %j, which is none',
    async (date) => {
      await publishing({ users: answer(GOOD_USERS, 200, { date }) });
    },
  );

  test('is not compared where the answer has no Date', async () => {
    await publishing({ users: bytes([head(`content-length: ${json(GOOD_USERS).length}`), json(GOOD_USERS)]) });
  });

  test('passes midnight in mid-run: one date everywhere', async () => {
    const today = Math.floor(Date.now() / DAY) * DAY;
    const times = [today + 2 * DAY - 1, today + 2 * DAY + 1000].map((time) => new Date(time));
    const [evening = new Date(), morning = new Date()] = times;
    const dt = evening.toISOString().slice(0, 10);
    let now = evening;
    const midnight: Reply = (response, n, request) => {
      now = morning;
      answer(GOOD_USERS, 200, { date: morning.toUTCString() })(response, n, request);
    };
    const { document, taken, folder } = await publishing({ users: midnight }, { run: { now: () => now } });
    expect(document).toMatchObject({ dt, started_at: evening.toISOString(), ended_at: morning.toISOString() });
    expect(taken.manifest).toMatchObject({ dt, observed_at: morning.toISOString() });
    const commit = JSON.parse(await readFile(join(folder, 'commits/00000003.json'), 'utf8'));
    expect(commit).toMatchObject({ dt, committed_at: morning.toISOString() });
    for (const { key } of commit.objects) expect(key).toContain(dt);
  });

  test('is a day ahead of the schedule that comes late: the snapshot is of today, and says for when it was meant', async () => {
    const startedAt = new Date();
    const scheduledAt = new Date(startedAt.getTime() - DAY).toISOString();
    const { document, taken, folder } = await publishing(
      {},
      { run: { scheduledAt, startedAt, trigger: 'schedule', runId: '20261123T021500Z-schedule' } },
    );
    const dt = startedAt.toISOString().slice(0, 10);
    expect(document).toMatchObject({ dt, trigger: 'schedule' });
    expect(taken.manifest).toMatchObject({ dt, scheduled_at: scheduledAt });
    const commit = JSON.parse(await readFile(join(folder, 'commits/00000003.json'), 'utf8'));
    expect(commit).toMatchObject({ dt, scheduled_at: scheduledAt });
  });
});

describe('the groups', () => {
  const groups = [{ id: '6107', name: 'Group', created: '2021-08-02T06:45:17.817Z' }];

  test.for([403, 404])('that the token may not read (%d) are left out, which is no failure', async (code) => {
    const { taken } = await publishing({ groups: status(code) });
    expect(taken.manifest?.groups).toBe('denied');
  });

  test.for([
    ['that are HTML', answer(`<html>${CANARY_TEXT}`), SourceContractError, 1],
    ['with a record of another type', answer([{ id: '1', name: { zqxj: 1 } }]), SourceContractError, 1],
    ['that end before their list does', answer('[{"id": "1", "name": "zqxj"}'), SourceContractError, 2],
    ['that break off', bytes([head('content-length: 1000'), '[{"id": "zqxj']), SourceUnavailableError, 3],
    ['that are unavailable', status(503), SourceUnavailableError, 4],
    ['whose bearer is rejected', status(401), CredentialsError, 2],
    ['that redirect', status(307, { location: '/zqxj' }), SettingsError, 1],
  ] as const)('%s fail the run; the users are not asked for again', async ([, reply, failure, requests]) => {
    const { gets, server } = await failing(failure, { groups: reply });
    expect(gets).toHaveLength(1);
    expect(server.requests.filter(({ path }) => path === '/api/v2/groups')).toHaveLength(requests);
  });

  test('that break off once are asked for again, and published', async () => {
    const cut = bytes([head('content-length: 1000'), '[{"id": "zqxj']);
    const { taken, gets } = await publishing({ groups: inTurn(cut, status(503), answer(groups)) });
    expect(taken.manifest?.groups).toBe('published');
    expect(gets).toHaveLength(1);
  });
});

describe('an interrupt', () => {
  test.for([
    ['the exchange', { exchange: silence }],
    ['the answer', { users: silence }],
    ['the pause before the next try', { users: status(503, { 'retry-after': '50' }) }],
    ['the groups', { groups: silence }],
  ] as const)('during %s ends the run cleanly', async ([, replies]) => {
    const interrupt = new AbortController();
    const asked = Object.entries(replies).map(([name, reply]) => [
      name,
      ((response, n, request) => {
        reply(response, n, request);
        setImmediate(() => interrupt.abort(new InterruptedError('interrupted')));
      }) satisfies Reply,
    ]);
    const { error, raw } = await failing(InterruptedError, Object.fromEntries(asked), {
      run: { deadline: deadlineIn(60_000, interrupt.signal) },
    });
    expect(error.code).toBe(130);
    expect(raw).toHaveLength('groups' in replies ? 1 : 0);
  });

  test('while users arrive ends the run cleanly', async () => {
    const interrupt = new AbortController();
    await failing(
      InterruptedError,
      { users: (response) => response.writeHead(200).write(json(manyUsers).subarray(0, 90_000)) },
      {
        run: {
          deadline: deadlineIn(60_000, interrupt.signal),
          onProgress: () => interrupt.abort(new InterruptedError('interrupted')),
        },
      },
    );
  });

  test('or the end of the time, when all has arrived and nothing is committed, publishes nothing', async () => {
    let remaining = 1000;
    const { error, raw } = await failing(
      SourceUnavailableError,
      {},
      {
        run: {
          deadline: { signal: new AbortController().signal, remaining: () => remaining },
          onProgress: ({ users: count }) => {
            if (count === GOOD_USERS.length) remaining = 0;
          },
        },
      },
    );
    expect(error.message).toContain('the time of the run is over');
    expect(raw).toHaveLength(1);
  });
});

describe('a store that fails', () => {
  test('when staging begins: nothing is published, and the connection to Anodot is closed', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const unending: Reply = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('[');
      response.once('close', resolve);
    };
    const { error } = await failing(
      StoreError,
      { users: unending },
      {
        prepare: async (folder) => {
          await mkdir(join(folder, '.staged'), { recursive: true });
          await writeFile(join(folder, '.staged/00000001'), 'in the way of the first execution');
        },
      },
    );
    expect(error.message).toMatch(/could not stage .* \((EEXIST|ENOTDIR)\)/);
    await closed;
  });

  test('because it is no folder: no request is made', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'file'), '');
    const server = await serveAnodot({ users });
    onTestFinished(server.close);
    const taking = take({ url: server.url, store: new FolderStore(join(folder, 'file')) });
    await expect(taking).rejects.toThrow(StoreError);
    expect(server.requests).toHaveLength(0);
  });

  test.skipIf(process.platform === 'win32')(
    'because the disk is full: nothing is published, nothing is left',
    async () => {
      const folder = await publishedFolder();
      const before = publishedIn(await filesOf(folder));
      const server = await serveAnodot({ exchange: bearer, users: answer(manyUsers) });
      onTestFinished(server.close);
      // No file may grow beyond 64 blocks: the rows do, the documents don't.
      const command = spawn('sh', ['-c', 'ulimit -f 64; exec "$@"', 'sh', process.execPath, MAIN, '--store', folder], {
        env: { ...process.env, ANODOT_URL: server.url, ANODOT_TOKEN: CANARY_TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' },
      });
      const [out, err, [code]] = await Promise.all([
        text(command.stdout),
        text(command.stderr),
        once(command, 'close'),
      ]);
      expect(err).toMatch(/StoreError: .*could not stage .* \(EFBIG\)/);
      expect(code).toBe(7);
      expect(holdsCanary(out + err)).toBe(false);
      const after = await filesOf(folder);
      expect(publishedIn(after)).toEqual(before);
      expect([...after.keys()].filter((key) => key.startsWith('.') || key.startsWith('raw/'))).toHaveLength(2); // of before
      const documents = [...after]
        .filter(([key]) => key.startsWith('runs/'))
        .map(([, file]) => JSON.parse(String(file)));
      expect(documents.filter(({ status: ended }) => ended === 'failed')).toMatchObject([{ code: 7 }]);
    },
  );
});

test('an answer that unpacks to 200 MB is received in flat memory', async () => {
  const bomb = Buffer.concat([
    gzipSync('['),
    ...Array.from({ length: 20 }, () => gzipSync(Buffer.alloc(10_000_000, ' '))),
  ]);
  const reply = inTurn(answer(GOOD_USERS), answer(bomb, 200, { 'content-encoding': 'gzip' }));
  const server = await serveAnodot({ exchange: bearer, users: reply });
  onTestFinished(server.close);
  const cwd = await newFolder();
  const environment = {
    ANODOT_URL: server.url,
    ANODOT_TOKEN: CANARY_TOKEN,
    ANODOT_ALLOW_OTHER_HOST: 'true',
    NODE_OPTIONS: `--import=${join(import.meta.dirname, '../bench/report-peak.ts')}`,
  };
  const peaks: number[] = [];
  for (const expected of [0, 5]) {
    const { code, err } = await runCommand(['--quiet'], { cwd, environment });
    expect(code).toBe(expected);
    peaks.push(Number(err.trim().split('\n').at(-1)) / 1024);
  }
  const [small = 0, large = 0] = peaks;
  expect(large - small).toBeLessThan(120);
});

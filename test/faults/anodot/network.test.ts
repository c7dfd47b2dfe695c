import { describe, expect, test } from 'vitest';
import { OperatorError, SettingsError, SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { DAY_MILLISECONDS } from '../../../functions/snapshot/utc-day.ts';
import { at, bearer, both, exitOf, head, users } from '../../support/anodot/canary-replies.ts';
import { bytes, inTurn, serveAnodot } from '../../support/anodot/server.ts';
import { CANARY_BEARER, CANARY_TEXT, CANARY_TOKEN } from '../../support/canary.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, publishing } from '../../support/faulted-run.ts';

/** What a run does if the network fails before a complete response has arrived. */

/** The request on the connection of the exchange. If that closes, the request is sent once more, which is no attempt. */
const REUSED = 1;

describe('a network failure', () => {
  test('names the unknown host after four attempts', async () => {
    const { error } = await failing(SourceUnavailableError, {}, { url: 'https://no-such-host.invalid' });
    expect(error.message).toContain('unknown host');
    expect(error.message).toContain('tried 4 times');
    shown('F8', 'an unknown host', `exit ${error.code}, unknown host (tried 4 times)`);
  });

  test('names the refused connection after four attempts', async () => {
    const gone = await serveAnodot();
    await gone.close();
    const { error } = await failing(SourceUnavailableError, {}, { url: gone.url });
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).toContain('tried 4 times');
    shown('F8', 'a refused connection', exitOf(error));
  });

  test.for(both)('is reported after four attempts if every connection for %s is reset', async (place) => {
    const { error, posts, gets } = await failing(SourceUnavailableError, at(place, bytes([], 'reset')));
    expect(error.message).toContain('tried 4 times');
    expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [4, 0] : [1, 4 + REUSED]);
    shown('F8', `${place}: every connection is reset`, `exit ${error.code} after 4 attempts`);
  });

  test.for([
    ['nothing', '', REUSED],
    ['no HTTP', CANARY_TEXT, 0],
    ['half a header', `HTTP/1.1 200 OK\r\nauthorization: ${CANARY_BEARER}`, REUSED],
    ['an invalid header', `HTTP/1.1 200 OK\r\n${CANARY_TOKEN}\u0001\r\n\r\n`, 0],
    ['endless headers', `HTTP/1.1 200 OK\r\n${`x-${CANARY_TOKEN}: ${CANARY_TOKEN}\r\n`.repeat(2000)}\r\n`, 0],
  ] as const)('is reported after four attempts if Anodot sends %s', async ([, text, reused]) => {
    const { error, gets } = await failing(SourceUnavailableError, { users: bytes([text]) });
    expect(error.message).toContain('tried 4 times');
    expect(gets).toHaveLength(4 + reused);
  });

  test('that resets two connections is retried, and the third attempt is published', async () => {
    const reset = bytes([], 'reset');
    await publishing({ exchange: inTurn(reset, reset, bearer), users: inTurn(reset, reset, users) });
  });

  test('in the body of a 503 does not hide the status: the request is retried', async () => {
    const broken = bytes([`HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2,\r\nZZ\r\n`]);
    const cut = bytes(['HTTP/1.1 503 Busy\r\ncontent-length: 100000\r\n\r\n[']);
    const notGzip = bytes(['HTTP/1.1 503 Busy\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope']);
    const { gets } = await publishing({ users: inTurn(broken, cut, notGzip, users) });
    expect(gets).toHaveLength(4);
  });

  test.for(['400', '401', '403', '404', '204'])(
    'in the body of a %s does not hide the status: the error names it',
    async (code) => {
      const badChunk = '\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2,\r\nZZ\r\n';
      for (const place of both) {
        const { error } = await failing(OperatorError, at(place, bytes([`HTTP/1.1 ${code} No${badChunk}`])));
        expect(error.message).toContain(`returned ${code}`);
      }
    },
  );

  test('in the body of a response whose Date is off does not hide the wrong clock', async () => {
    const date = new Date(Date.now() - DAY_MILLISECONDS).toUTCString();
    await failing(SettingsError, { users: bytes([head(`date: ${date}`, 'transfer-encoding: chunked'), 'ZZ\r\n']) });
  });
});

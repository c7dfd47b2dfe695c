import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SourceContractError, SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { bearer, exitOf, head, json, manyUsers, status } from '../../support/anodot/canary-replies.ts';
import { answer, bytes, inTurn, type Reply } from '../../support/anodot/server.ts';
import { canaryUser } from '../../support/canary.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, publishing, type RunOptions } from '../../support/faulted-run.ts';

/** A response that breaks off or ends early is requested again, and never published. */

describe('a response that breaks off', () => {
  const body = json(manyUsers);
  const half = body.subarray(0, body.length / 2);
  const zipped = gzipSync(body);
  const halfZipped = zipped.subarray(0, zipped.length / 2);
  const breaks = [
    ['before its Content-Length is reached', [head(`content-length: ${body.length}`), half]],
    [
      'before its Content-Length is reached, compressed',
      [head(`content-length: ${zipped.length}`, 'content-encoding: gzip'), halfZipped],
    ],
    ['between two chunks', [head('transfer-encoding: chunked'), `${half.length.toString(16)}\r\n`, half, '\r\n']],
    [
      'with an invalid chunk',
      [head('transfer-encoding: chunked'), `${half.length.toString(16)}\r\n`, half, '\r\nnope\r\n'],
    ],
  ] as const;

  test.for(breaks)('%s is requested again, and the complete response is published', async ([what, parts]) => {
    const { gets, rows, raw } = await publishing({ users: inTurn(bytes(parts), bytes(parts), answer(body)) });
    expect(gets).toHaveLength(3);
    expect(rows).toHaveLength(manyUsers.length);
    expect(raw).toEqual([body]);
    shown('F9', `the users response breaks off ${what}, twice`, `published at attempt ${gets.length}`);
  });

  test.for(breaks)('%s on every attempt fails the run as unavailable after three attempts', async ([what, parts]) => {
    const { error, gets, raw } = await failing(SourceUnavailableError, { users: bytes(parts) });
    expect(gets).toHaveLength(3);
    expect(raw).toEqual([]);
    shown(
      'F9',
      `the users response breaks off ${what}, every time`,
      `exit ${error.code} after ${gets.length} attempts`,
    );
  });

  /** Sends half of the body, then resets the connection as soon as the run has received some of it. */
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

  test.for(breaks)(
    '%s and is then reset is requested again, and the complete response is published',
    async ([, parts]) => {
      const { reply, options } = resetInMidBody(parts);
      const { gets, rows, raw } = await publishing({ users: inTurn(reply, reply, answer(body)) }, options);
      expect(gets).toHaveLength(3);
      expect(rows).toHaveLength(manyUsers.length);
      expect(raw).toEqual([body]);
    },
  );

  test('with a reset on every attempt fails the run as unavailable after three attempts', async () => {
    const { reply, options } = resetInMidBody([head(`content-length: ${body.length}`), half]);
    const { gets } = await failing(SourceUnavailableError, { users: reply }, options);
    expect(gets).toHaveLength(3);
  });

  test('at the token exchange is requested again', async () => {
    const cut = bytes([head('content-length: 1000'), '"eyJ']);
    const { posts, gets } = await publishing({ exchange: inTurn(cut, cut, bearer) });
    expect([posts.length, gets.length]).toEqual([3, 1]);
  });

  test('at the token exchange on every attempt fails the run as unavailable after four attempts', async () => {
    const { posts, gets } = await failing(SourceUnavailableError, {
      exchange: bytes([head('content-length: 1000'), '"eyJ']),
    });
    expect([posts.length, gets.length]).toEqual([4, 0]);
  });

  test('is requested again even if the part received violates the contract', async () => {
    const wrong = json([canaryUser(1, { _id: '' }), ...manyUsers]);
    const cut = bytes([head(`content-length: ${wrong.length}`), wrong.subarray(0, wrong.length / 2)]);
    const { gets } = await publishing({ users: inTurn(cut, answer(body)) });
    expect(gets).toHaveLength(2);
  });
});

describe('a response that ends before its list does', () => {
  const body = json(manyUsers);

  test.for([
    ['in a record', body.subarray(0, 1000)],
    ['long after the first chunk', body.subarray(0, body.length - 100)],
    ['between two records', Buffer.from(`${String(body).slice(0, String(body).indexOf('},{') + 1)}`)],
    ['after a comma', Buffer.from(`${String(body).slice(0, String(body).indexOf('},{') + 2)}`)],
    ['before the last bracket', body.subarray(0, -1)],
    ['after the opening bracket', Buffer.from('[')],
    [
      'in the middle of a character',
      Buffer.from(JSON.stringify([canaryUser(1, { firstName: 'Zqxjé' })]).split('é')[0] ?? '')
        .toString('latin1')
        .concat('\xc3'),
    ],
  ] as const)(
    '%s is requested once more, then violates the contract; both responses are kept under raw/',
    async ([what, part]) => {
      const came = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
      const { error, gets, raw } = await failing(SourceContractError, { users: answer(came) });
      expect(gets).toHaveLength(2);
      expect(raw).toEqual([came, came]);
      shown(
        'F10',
        `the list ends ${what}`,
        `requested ${gets.length} times, ${exitOf(error)}; both responses are under raw/`,
      );
    },
  );

  test('is published if the second response is complete', async () => {
    const { gets, rows, raw } = await publishing({ users: inTurn(answer(body.subarray(0, -1)), answer(body)) });
    expect(gets).toHaveLength(2);
    expect(rows).toHaveLength(manyUsers.length);
    expect(raw).toEqual([body.subarray(0, -1), body]);
  });

  test('is still kept under raw/ if the second attempt finds Anodot unavailable', async () => {
    const { raw } = await failing(SourceUnavailableError, { users: inTurn(answer(body.subarray(0, -1)), status(503)) });
    expect(raw).toEqual([body.subarray(0, -1)]);
  });

  test('is not kept if SNAPSHOT_KEEP_RAW is off', async () => {
    const { raw, document } = await failing(
      SourceContractError,
      { users: answer(body.subarray(0, -1)) },
      { environment: { SNAPSHOT_KEEP_RAW: 'false' } },
    );
    expect(raw).toEqual([]);
    expect(document.raw_key).toBeNull();
  });
});

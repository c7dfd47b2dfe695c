import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SourceContractError, SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { bearer, head, json, manyUsers, status } from '../../support/anodot/canary-replies.ts';
import { answer, bytes, inTurn, type Reply } from '../../support/anodot/server.ts';
import { canaryUser } from '../../support/canary.ts';
import { failing, publishing, type RunOptions } from '../../support/faulted-run.ts';

/** A response that breaks off or ends early is requested again, and never published. */

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

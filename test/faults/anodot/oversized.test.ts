import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SourceContractError, SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { bearer, exitOf, json, manyUsers } from '../../support/anodot/canary-replies.ts';
import { answer, inTurn, type Reply, serveAnodot } from '../../support/anodot/server.ts';
import { CANARY_TEXT, CANARY_TOKEN, canaryUser } from '../../support/canary.ts';
import { runCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, GOOD_USERS } from '../../support/faulted-run.ts';
import { newFolder } from '../../support/take.ts';

/** A response of any size is cut off at the cap, and received in flat memory. */

describe('an oversized response', () => {
  /** Writes chunks until the connection closes. `closed` then resolves to the number of bytes written. */
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
    ['of endless users', '[', user.repeat(100)],
    ['of one endless value', '[{"_id":"', 'x'.repeat(65_536)],
    ['of endless white space', '[', ' '.repeat(65_536)],
    ['of endless brackets', '[', '['.repeat(65_536)],
    ['of endless text', '<', CANARY_TEXT.repeat(100)],
  ] as const)('%s is cut off at the cap', async ([what, first, chunk]) => {
    const { reply, closed } = endless(first, chunk);
    const { error, gets, raw } = await failing(
      SourceContractError,
      { users: reply },
      { limits: { maxBytes: 3_000_000, maxElementLength: 200_000 } },
    );
    expect(gets).toHaveLength(1);
    expect(await closed).toBeLessThan(30_000_000);
    expect(raw).toHaveLength(1);
    expect(raw[0]?.length).toBeLessThanOrEqual(3_000_000);
    expect(raw[0]?.length).toBeGreaterThan(2_000_000);
    shown('F20', `users ${what}, limits of 3 MB and 200,000 characters`, exitOf(error));
  });

  test('at the token exchange is cut off', async () => {
    const { reply, closed } = endless('"', 'x'.repeat(65_536));
    const { posts } = await failing(SourceContractError, { exchange: reply });
    expect(posts).toHaveLength(1);
    expect(await closed).toBeLessThan(30_000_000);
  });

  test('with an error status is cut off', async () => {
    const answers = Array.from({ length: 4 }, () => endless('', CANARY_TEXT.repeat(100), 503));
    const { gets } = await failing(SourceUnavailableError, { users: inTurn(...answers.map(({ reply }) => reply)) });
    expect(gets).toHaveLength(4);
    for (const { closed } of answers) expect(await closed).toBeLessThan(30_000_000);
  });

  test('with one user above the cap for a user violates the contract, and is kept whole under raw/', async () => {
    const body = json([...GOOD_USERS, canaryUser(4, { firstName: 'x'.repeat(1_000_000) }), ...manyUsers.slice(4)]);
    const { gets, raw } = await failing(
      SourceContractError,
      { users: answer(body) },
      { limits: { maxElementLength: 200_000 } },
    );
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([body]);
  });

  test('that is small until unpacked is cut off at the cap', async () => {
    const bomb = Buffer.concat(Array.from({ length: 20 }, () => gzipSync(Buffer.alloc(10_000_000, ' '))));
    const { error, gets, raw } = await failing(
      SourceContractError,
      { users: answer(bomb, 200, { 'content-encoding': 'gzip' }) },
      { limits: { maxBytes: 3_000_000 } },
    );
    expect(gets).toHaveLength(1);
    expect(raw[0]?.length).toBeLessThanOrEqual(3_000_000);
    shown('F20', 'gzip that unpacks to 200 MB, limit of 3 MB', exitOf(error));
  });

  test('at the token exchange that is small until unpacked is cut off', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
    const { posts } = await failing(SourceContractError, {
      exchange: answer(bomb, 200, { 'content-encoding': 'gzip' }),
    });
    expect(posts).toHaveLength(1);
  });
});

test('a response that unpacks to 200 MB is received in constant memory', async () => {
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
    NODE_OPTIONS: `--require=${join(import.meta.dirname, '../../bench/report-usage.cjs')}`,
  };
  const peaks: number[] = [];
  for (const expected of [0, 5]) {
    const { code, err } = await runCommand(['--quiet'], { cwd, environment });
    expect(code).toBe(expected);
    peaks.push(Number(err.trim().split('\n').at(-1)) / 1024);
  }
  const [small = 0, large = 0] = peaks;
  expect(large - small).toBeLessThan(120);
  shown(
    'F20',
    'gzip that unpacks to 200 MB without a limit',
    'exit 5, and less than 120 MB more memory than for three users',
  );
});

import { describe, expect, test } from 'vitest';
import { SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { at, both, exitOf, head } from '../../support/anodot/canary-replies.ts';
import { bytes, inTurn, type Reply, silence } from '../../support/anodot/server.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, type RunOptions } from '../../support/faulted-run.ts';

/** A run ends when its time is over, whatever Anodot does. */

describe('the time limit of a run', () => {
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

  /** Sends a byte every ten milliseconds, forever. */
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
          ['one byte at a time', drip],
          ['one header at a time', dripHeaders],
          ['nothing at all', silence],
        ] as const
      ).map(([what, reply]) => [place, what, reply] as const),
    ),
  )('ends the wait for %s if Anodot sends %s: the run fails as unavailable', async ([place, what, reply]) => {
    const slow = withDeadline(reply);
    const { error, posts, gets, milliseconds, raw } = await failing(
      SourceUnavailableError,
      at(place, slow.reply),
      slow.options,
    );
    expect(error.message).toContain("within the run's time limit");
    expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [1, 0] : [1, 1]);
    expect(milliseconds).toBeLessThan(10_000);
    expect(raw).toEqual([]);
    shown('F25', `${place} sends ${what}`, exitOf(error));
  });

  test('ends the pause before the next attempt', async () => {
    const { reply, options } = withDeadline(bytes([head('content-length: 100'), '[']));
    const { milliseconds } = await failing(
      SourceUnavailableError,
      { users: reply },
      { ...options, limits: { firstPause: 60_000 } },
    );
    expect(milliseconds).toBeLessThan(10_000);
  });

  test('covers all attempts together instead of starting over with each', async () => {
    const cut = bytes([head('content-length: 100'), '[']);
    const { reply, options } = withDeadline(inTurn(bytes([], 'reset'), cut, drip));
    const { gets, milliseconds } = await failing(SourceUnavailableError, { users: reply }, options);
    expect(gets).toHaveLength(3);
    expect(milliseconds).toBeLessThan(10_000);
  });
});

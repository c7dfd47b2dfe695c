import { describe, expect, test } from 'vitest';
import { SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { at, bearer, both, status, users } from '../../support/anodot/canary-replies.ts';
import { inTurn, type Reply } from '../../support/anodot/server.ts';
import { failing, publishing } from '../../support/faulted-run.ts';
import { deadlineIn } from '../../support/take.ts';

/** How a run waits for an Anodot that is busy. */

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

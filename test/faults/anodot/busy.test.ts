import { describe, expect, test } from 'vitest';
import { SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { at, bearer, both, exitOf, head, status, users } from '../../support/anodot/canary-replies.ts';
import { bytes, inTurn, type Reply } from '../../support/anodot/server.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, publishing } from '../../support/faulted-run.ts';
import { deadlineIn } from '../../support/take.ts';

/** A run waits as long as a busy Anodot asks, or fails at once if it has no time for that. */

describe('a run that finds Anodot busy', () => {
  test('waits as many seconds as Retry-After says', async () => {
    const { gets } = await publishing({ users: inTurn(status(429, { 'retry-after': '1' }), users) });
    expect(gets).toHaveLength(2);
    expect((gets[1]?.at ?? 0) - (gets[0]?.at ?? 0)).toBeGreaterThan(990);
    shown('F5', 'Retry-After: 1', 'waited a second, published');
  });

  test('waits until the date that Retry-After gives', async () => {
    const busy: Reply = (response) => {
      const date = new Date(Date.now() + 2000).toUTCString(); // between one and two seconds away
      response.writeHead(429, { 'retry-after': date }).end();
    };
    const { posts } = await publishing({ exchange: inTurn(busy, bearer) });
    expect(posts).toHaveLength(2);
    expect((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0)).toBeGreaterThan(900);
    shown('F5', 'Retry-After with a date', 'waited until then, published');
  });

  test.for([['3600'], ['9'.repeat(400)], [new Date(Date.now() + 3_600_000).toUTCString()]])(
    'fails at once if Retry-After (%j) exceeds the time left to the run',
    async ([retryAfter]) => {
      for (const code of [429, 503]) {
        const { error, gets, milliseconds } = await failing(
          SourceUnavailableError,
          { users: status(code, { 'retry-after': retryAfter }) },
          { run: { deadline: deadlineIn(30_000) } },
        );
        expect(gets).toHaveLength(1);
        expect(milliseconds).toBeLessThan(10_000);
        if (retryAfter === '3600')
          shown('F5', `${code} with Retry-After: ${retryAfter}, more than the time left to the run`, exitOf(error));
      }
    },
  );

  test.for(['', '-5', '0x10', 'Infinity', '1e3', '1.5', 'soon', 'Mon, 45 Nov 2026 02:15:30 GMT'])(
    'ignores the invalid Retry-After %j and uses its own pause',
    async (retryAfter) => {
      const { gets } = await publishing(
        { users: inTurn(status(429, { 'retry-after': retryAfter }), users) },
        { limits: { firstPause: 200 } },
      );
      expect(gets).toHaveLength(2);
      const pause = (gets[1]?.at ?? 0) - (gets[0]?.at ?? 0);
      expect(pause).toBeGreaterThan(95);
      expect(pause).toBeLessThan(10_000);
      shown('F6', `Retry-After: ${JSON.stringify(retryAfter)}`, "ignored: published after the run's own pause");
    },
  );

  test.for(both.flatMap((place) => [429, 500, 502, 503, 504].map((code) => [place, code] as const)))(
    'fails after four attempts if %s keeps returning %d',
    async ([place, code]) => {
      const { error, posts, gets } = await failing(SourceUnavailableError, at(place, status(code)));
      expect(error.message).toContain(`returned ${code} (tried 4 times)`);
      expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [4, 0] : [1, 4]);
      shown('F7', `${code} from ${place} every time`, exitOf(error));
    },
  );

  test('waits longer before each retry of a token exchange that breaks off', async () => {
    const cut = bytes([head('content-length: 1000'), '"eyJ']);
    const { posts } = await publishing({ exchange: inTurn(cut, cut, cut, bearer) }, { limits: { firstPause: 200 } });
    const pauses = posts.slice(1).map(({ at: time }, i) => time - (posts[i]?.at ?? 0));
    expect(pauses).toHaveLength(3);
    for (const [i, pause] of pauses.entries()) expect(pause).toBeGreaterThan(100 * 2 ** i - 5);
    shown(
      'C49',
      'the token exchange breaks off three times',
      'published; pauses of at least 1/2, 1 and 2 times the first pause',
    );
  });

  test('publishes the snapshot if the fourth attempt succeeds', async () => {
    const { posts, gets } = await publishing({
      exchange: inTurn(status(500), status(502), status(503), bearer),
      users: inTurn(status(503), status(504), status(429), users),
    });
    expect([posts.length, gets.length]).toEqual([4, 4]);
    shown('F7', '500, 502, 503, then a token; 503, 504, 429, then users', 'published');
  });

  test('fails at once if the next pause would exceed the time left to the run', async () => {
    const { gets, milliseconds } = await failing(
      SourceUnavailableError,
      { users: status(503) },
      { limits: { firstPause: 60_000 }, run: { deadline: deadlineIn(20_000) } },
    );
    expect(gets).toHaveLength(1);
    expect(milliseconds).toBeLessThan(10_000);
  });
});

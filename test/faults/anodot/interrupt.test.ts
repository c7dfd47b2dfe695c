import { describe, expect, test } from 'vitest';
import { InterruptedError, SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { json, manyUsers, status } from '../../support/anodot/canary-replies.ts';
import { type Reply, silence } from '../../support/anodot/server.ts';
import { failing, GOOD_USERS } from '../../support/faulted-run.ts';
import { deadlineIn } from '../../support/take.ts';

/** An interrupt ends a run cleanly at any point before the commit. */

describe('an interrupt', () => {
  test.for([
    ['the token exchange', { exchange: silence }],
    ['the wait for users', { users: silence }],
    ['the pause before the next attempt', { users: status(503, { 'retry-after': '50' }) }],
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

  test('or timeout after the last user but before the commit publishes nothing', async () => {
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
    expect(error.message).toContain('the run is out of time');
    expect(raw).toHaveLength(1);
  });
});

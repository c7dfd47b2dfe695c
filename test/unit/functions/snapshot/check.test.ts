import { describe, expect, test } from 'vitest';
import { check, tokenAgeDays } from '../../../../functions/snapshot/check.ts';
import type { Signer } from '../../../../functions/snapshot/commits/signer.ts';
import type { Deadline } from '../../../../functions/snapshot/deadline.ts';
import { deadlineIn } from '../../../support/take.ts';
import { newSigner } from '../../../support/test-signer.ts';

const NOW = new Date('2026-11-26T05:00:00Z');

describe('the age of a stored token', () => {
  test.each([
    ['2026-11-26T04:59:59Z', 0],
    ['2026-11-25T05:00:01Z', 0],
    ['2026-11-25T05:00:00Z', 1],
    ['2026-08-28T05:00:00Z', 90],
  ])('that was stored at %s is %i whole days', (createdAt, days) => {
    expect(tokenAgeDays({ text: 'a', createdAt: new Date(createdAt) }, NOW)).toBe(days);
  });

  test('is never negative, since clocks may differ', () => {
    expect(tokenAgeDays({ text: 'a', createdAt: new Date('2026-11-27T05:00:00Z') }, NOW)).toBe(0);
  });

  test('is unknown in a terminal', () => {
    expect(tokenAgeDays({ text: 'a' }, NOW)).toBeUndefined();
  });
});

describe('a check of signing', () => {
  async function signingOf(signer: Signer | undefined, deadline: Deadline = deadlineIn(10_000)) {
    const checks = await check({
      environment: {},
      readToken: async () => undefined,
      tokenName: 'the token',
      sourceFor: () => expect.unreachable('there is no token'),
      store: { location: 'a store', probe: async () => undefined },
      signer,
      deadline,
      newExecution: () => '0123abcd',
      now: () => NOW,
    });
    return checks.filter(({ name }) => name === 'signing');
  }

  test('is made only with a signer, which signs nothing that could be a commit', async () => {
    expect(await signingOf(undefined)).toEqual([]);
    const signed: string[] = [];
    const signer = newSigner();
    const sign: Signer['sign'] = (bytes, deadline) => {
      signed.push(Buffer.from(bytes).toString());
      return signer.sign(bytes, deadline);
    };
    const message = `commits can be signed, by key ${signer.fingerprint}`;
    expect(await signingOf({ ...signer, sign })).toEqual([{ name: 'signing', ok: true, code: null, message }]);
    expect(signed).toEqual(['check']);
  });

  test('fails without quoting a bug of the signer, or because the time is over', async () => {
    const broken = { ...newSigner(), sign: () => Promise.reject(new RangeError('zqxj')) };
    const [bug] = await signingOf(broken);
    expect(bug).toMatchObject({ ok: false, code: 7, message: expect.stringContaining('RangeError') });
    expect(bug?.message).not.toContain('zqxj');
    const deadline = { signal: AbortSignal.abort(new DOMException('late', 'TimeoutError')), remaining: () => 0 };
    expect(await signingOf(newSigner(), deadline)).toEqual([
      { name: 'signing', ok: false, code: 7, message: "commits can't be signed: the time is over" },
    ]);
  });
});

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { printable } from '../../../../../../functions/snapshot/store/printable.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { CALLS, failureOf, newDouble, ONCE } from '../../../../../support/s3/bucket-calls.ts';
import { storeAt } from '../../../../../support/s3/place.ts';
import { takeOutcome } from '../../../../../support/take.ts';

/** A response that is not from S3 is a store error, and no server can place text of its own in an error. */

const PAGES = [
  [200, '<html><body>Log in</body></html>'],
  [200, ''],
  [404, '<html><body>Not here</body></html>'],
  [403, '<html><body>zqxj is blocked<br></body></html>'],
  [503, '<html><body>zqxj is busy<br></html>'],
  [400, '{"no":"xml"}'],
] as const;
/** Calls that read nothing from a successful response, or for which a page means that nothing is staged. */
const HARMLESS = /^(discard what is staged|check what is staged)/;

describe.each(PAGES)('a response that is not from S3, with status %i and body %j,', (status, page) => {
  test.each(CALLS)('is a failure of the call to %s with exit code 7, never an empty store', async (tried, call) => {
    const double = await newDouble({ fault: () => ({ status, page }) });
    if (HARMLESS.test(tried) && status === 200) return;
    const error = await failureOf(call(storeAt(double, '', ONCE)));
    expect(error.code).toBe(7);
    expect(error.message).toMatch(/could not [a-z]/);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('zqxj');
  });
});

test('a login page in place of S3 publishes nothing', async () => {
  const double = await newDouble({ fault: () => ({ status: 200, page: '<html>Log in</html>' }) });
  const { document } = await takeOutcome({ url: 'https://app.anodot.com', store: storeAt(double, '', ONCE) });
  expect(document).toMatchObject({ code: 7, message: expect.stringContaining("the response isn't from S3") });
  shown('F29', 'the S3 endpoint returns a login page', `exit ${document.code}, saying that it is not from S3`);
});

describe('a hostile server', () => {
  const HOSTILE = ['a&#27;[2Jb', 'a&#155;b', 'zqxj zqxj', '../../etc', 'x'.repeat(100), '&lt;script&gt;'];
  test.each(HOSTILE)('cannot place its error code %j or message in an error', async (code) => {
    const message = `&#27;[2J zqxj https://x?X-Amz-Signature=zqxj s3:${'A'.repeat(500)}`;
    const double = await newDouble({ fault: () => ({ status: 403, code, message }) });
    for (const [, call] of CALLS) {
      const error = await failureOf(call(storeAt(double, '', ONCE)));
      const seen = `${error.message} ${inspect(error.cause)}`;
      expect(seen).not.toMatch(/zqxj|script|etc|x{65}|A{70}/);
      expect(printable(error.message)).toBe(error.message);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { failureOf, thrownFor } from '../../../../functions/lambda/failure.ts';
import { SourceUnavailableError } from '../../../../functions/snapshot/errors.ts';
import { handler } from '../../../../functions/take-snapshot/handler.ts';
import { CANARY_TOKEN, everythingIn, holdsCanary, MARK } from '../../../support/canary.ts';
import { capturingOutput } from '../../../support/lambda/captured-output.ts';

describe('a failure of a function', () => {
  test('that an operator can act on is thrown and logged unchanged, without its cause', () => {
    const error = new SourceUnavailableError('no connection', { cause: new Error(MARK) });
    expect(thrownFor(error)).toBe(error);
    expect(failureOf(error)).toEqual({ name: 'SourceUnavailableError', code: 4, message: 'no connection' });
  });

  const canaries = `${CANARY_TOKEN}\n    at ${MARK} (/${MARK}.js:1:1)\n${MARK}`;
  const bugs = [
    new TypeError(canaries),
    new Error('outer', { cause: new Error(canaries) }),
    Object.assign(new Error(canaries), { name: canaries, input: canaries, code: canaries }),
    Object.assign(new Error('', { cause: canaries }), { message: canaries }),
    new AggregateError([new Error(canaries)], canaries),
    canaries,
    { message: canaries, stack: canaries },
    undefined,
  ];
  test.each(bugs.map((bug) => [bug]))(
    'that is a bug reports where it happened and nothing of what was thrown (form %#)',
    (bug) => {
      const thrown = thrownFor(bug);
      expect(holdsCanary(everythingIn(thrown))).toBe(false);
      expect(thrown.message).toMatch(/^a bug in this program/);
      expect(holdsCanary(JSON.stringify(failureOf(bug)))).toBe(false);
      if (bug instanceof Error) expect(thrown.stack).toContain('failure.test.ts:');
    },
  );

  test.each([
    ['run', '/home/Ann Lee/anodot/main.cjs'],
    ['Output.write', 'C:\\Users\\Ann Lee\\anodot\\main.cjs'],
    ['async run', 'file:///home/Ann%20Lee/anodot/main.ts'],
  ])('that is a bug reports the frame %s (%s:1:2)', (name, file) => {
    const frame = `at ${name} (${file}:1:2)`;
    const bug = Object.assign(new Error('x'), { stack: `Error: x\n    ${frame}\n    at ${MARK}: 1:2` });
    expect(failureOf(bug).frames).toEqual([frame]);
  });

  test("that is a bug is logged with the error's name if it is a valid one", () => {
    expect(failureOf(new TypeError('x'))).toMatchObject({ name: 'TypeError', code: 1 });
    expect(failureOf(Object.assign(new Error('x'), { name: 'a b' }))).toMatchObject({ name: 'Error', code: 1 });
  });

  test('in the handler itself is treated like any other', async () => {
    const event = {
      get trigger() {
        throw new RangeError(CANARY_TOKEN);
      },
    };
    const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 1000 };
    const { result: error, lines } = await capturingOutput(() =>
      handler(event, context).catch((thrown: unknown) => thrown),
    );
    expect(error).toMatchObject({ name: 'RangeError', message: expect.stringMatching(/^a bug/) });
    expect(holdsCanary(everythingIn(error))).toBe(false);
    expect(holdsCanary(lines.join('\n'))).toBe(false);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'ERROR', status: 'failed', code: 1, error: { name: 'RangeError' } },
      { instance: 'default', SnapshotFailed: 1 },
    ]);
  });
});

import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Output } from '../../../../functions/command-line/output.ts';
import { showProgress } from '../../../../functions/command-line/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Standard error, as wide as a terminal if columns are given, and what was written to it. */
function streamOf(columns?: number, terminalType?: string) {
  const written: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(text, _, done) {
      written.push(text);
      done();
    },
  });
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return { err: new Output(Object.assign(stream, terminal), { terminalType }), written };
}

const WHAT = 'Receiving the users of https://app.anodot.com';
const PROGRESS = { users: 12_000, bytes: 3_000_000 };

describe('progress without a terminal', () => {
  test('is one line for a run shorter than five seconds', async () => {
    const { err, written } = streamOf();
    const display = showProgress({ err }, WHAT, false);
    display.update(PROGRESS);
    vi.advanceTimersByTime(4_999);
    display.stop();
    vi.advanceTimersByTime(60_000);
    await err.finished();
    expect(written).toEqual([`${WHAT}\n`]);
  });

  test('is a line with figures every five seconds, even if nothing arrives', async () => {
    const { err, written } = streamOf();
    const display = showProgress({ err }, WHAT, false);
    vi.advanceTimersByTime(5_000);
    display.update(PROGRESS);
    vi.advanceTimersByTime(5_000);
    display.stop();
    await err.finished();
    expect(written).toEqual([`${WHAT}\n`, `${WHAT}: 0 B, 5 s\n`, `${WHAT}: 12,000 users, 3.0 MB, 1,200/s, 10 s\n`]);
  });

  test('is the same on a terminal that cannot redraw a line', async () => {
    const { err, written } = streamOf(80, 'dumb');
    const display = showProgress({ err }, WHAT, false);
    vi.advanceTimersByTime(1_000);
    display.stop();
    await err.finished();
    expect(written).toEqual([`${WHAT}\n`]);
  });
});

describe('progress on a terminal', () => {
  test('is one line with a spinner and figures, and is cleared at the end', () => {
    const { err, written } = streamOf(80);
    const display = showProgress({ err }, WHAT, false);
    display.update(PROGRESS);
    vi.advanceTimersByTime(300);
    display.stop();
    vi.advanceTimersByTime(60_000);
    expect(written.map((text) => text.trim())).toEqual([
      `| ${WHAT}`,
      '/ 12,000 users, 3.0 MB, 120,000/s, 0 s',
      '- 12,000 users, 3.0 MB, 60,000/s, 0 s',
      '\\ 12,000 users, 3.0 MB, 40,000/s, 0 s',
      '',
      '',
    ]);
    expect(written.join('')).not.toMatch(/[^\P{Cc}\r]/u);
  });

  test.each([10, 40])('is never wider than %i columns', (columns) => {
    const { err, written } = streamOf(columns);
    const display = showProgress({ err }, WHAT, false);
    display.update({ users: 1_234_567, bytes: 4_000_000_000 });
    vi.advanceTimersByTime(100_000);
    display.stop();
    expect(Math.max(...written.map((text) => text.length - 1))).toBeLessThan(columns);
  });
});

test('no progress is shown if the run is quiet', () => {
  const { err, written } = streamOf(80);
  const display = showProgress({ err }, WHAT, true);
  display.update(PROGRESS);
  vi.advanceTimersByTime(10_000);
  display.stop();
  expect(written).toEqual([]);
});

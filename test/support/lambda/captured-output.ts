import { vi } from 'vitest';

export interface Captured<T> {
  readonly result: T;
  /** What was written to stdout and stderr meanwhile: one JSON object per line, as Lambda's log receives it. */
  readonly lines: readonly string[];
}

/** Runs a handler and keeps its log and metrics out of the test run's own output. */
export async function capturingOutput<T>(work: () => Promise<T>): Promise<Captured<T>> {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    }),
  );
  try {
    const result = await work();
    return { result, lines: written.join('').split('\n').filter(Boolean) };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

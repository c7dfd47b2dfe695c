/** Compares processes: rounds in turn, ratios pair by pair, and medians. */
import type { Measured } from './figure.ts';
import type { Usage } from './processes.ts';

/**
 * Runs each process once in every round, so that a busy moment of the machine affects all of them. Every second round is in reverse
 * order. A warm-up round isn't counted.
 * @returns what each process took, in the order of `runs`
 */
export async function inTurn(
  rounds: number,
  runs: readonly (() => Promise<Usage>)[],
  warmUp = true,
): Promise<readonly (readonly Usage[])[]> {
  const all = runs.map((run) => ({ run, usages: [] as Usage[] }));
  for (let round = warmUp ? -1 : 0; round < rounds; round++)
    for (const { run, usages } of round % 2 === 0 ? all : all.toReversed()) {
      const usage = await run();
      if (round >= 0) usages.push(usage);
    }
  return all.map(({ usages }) => usages);
}

export const seconds = ({ seconds }: Usage): number => seconds;
const processorSeconds = ({ processorSeconds }: Usage): number => processorSeconds;
export const megabytes = ({ megabytes }: Usage): number => megabytes;

/** The ratio of each round: two processes that ran one after the other. */
export const ratios = (ones: readonly number[], others: readonly number[]): number[] =>
  ones.map((one, round) => one / (others[round] ?? Number.NaN));

/** How long some processes took over others, pair by pair. */
export function compared(ones: readonly Usage[] = [], others: readonly Usage[] = []): Measured {
  const ofProcessor = median(ratios(ones.map(processorSeconds), others.map(processorSeconds)));
  return {
    values: ratios(ones.map(seconds), others.map(seconds)),
    details: `${ofProcessor.toFixed(1)} in processor time: ${usageText(ones)}, over ${usageText(others)}`,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (below + above) / 2;
}

/** `0.41 s, 0.38 s processor, 75 MB` */
export function usageText(usages: readonly Usage[] = []): string {
  const [wall, processor, memory] = [
    median(usages.map(seconds)),
    median(usages.map(processorSeconds)),
    median(usages.map(megabytes)),
  ];
  return `${secondsText(wall)}, ${secondsText(processor)} processor, ${memory.toFixed(0)} MB`;
}

export const secondsText = (value: number): string => `${value.toPrecision(value < 10 ? 2 : 3)} s`;

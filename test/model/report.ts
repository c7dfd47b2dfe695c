import type { Found } from './search.ts';

/** A search's figures on one line, followed by the counterexample if there is one. */
export function describe(found: Found): string {
  const { scenario, disturbances, states, schedules, worlds, positions, starts, ends, seconds, counterexample } = found;
  const whole = `${schedules.toPrecision(2)} schedules in ${states} states, ${worlds} worlds, ${ends.size} ends`;
  const searched = counterexample ? `broken after ${states} states` : whole;
  const lines = [
    `${scenario}, at most ${disturbances} disturbances: ${searched}; ${positions} positions of runs (${starts} starts); ${seconds.toFixed(1)} s`,
    ...found.warnings.map((message) => `  warned: ${message}`),
  ];
  if (counterexample)
    lines.push(`  BROKEN: ${counterexample.broken}`, ...counterexample.trace.map((line) => `    ${line}`));
  return lines.join('\n');
}

/** Patterns of the text that `readSettings` accepts in place of a value: with spaces around it, and blank for a setting that isn't set. */
export const spelled = (pattern: string): string => String.raw`^\s*(?:${pattern})?\s*$`;

/** The same for text that must match a pattern itself. Spaces may follow wherever the pattern requires the end. */
export const spelledText = (pattern: string): string =>
  spelled(pattern.replace(/^\^/, '').replace(/\$$/, '').replaceAll('$', String.raw`(?=\s*$)`));

export const spelledFlag = spelled('true|false');

/** @param alternatives of each element: words, or patterns of a whole text */
export function spelledList(alternatives: readonly string[]): string {
  const one = String.raw`(?:${alternatives.map((each) => each.replace(/^\^|\$$/g, '')).join('|')})\s*`;
  return spelled(`${one}(?:,\\s*${one})*`);
}

/** A number from `min` to `max`, two whole numbers that aren't negative. */
export const spelledNumber = (min: number, max: number): string =>
  spelled(`${spelledWhole(min, max - 1, String.raw`\.\d+`)}|${spelledWhole(max, max, String.raw`\.0+`)}`);

export const spelledWholeNumber = (min: number, max: number): string =>
  spelled(spelledWhole(min, max, String.raw`\.0+`));

const spelledWhole = (min: number, max: number, decimals: string) => `0*(?:${range(min, max)})(?:${decimals})?`;

/** The whole numbers from `min` to `max`, without leading zeros: one alternative for each number of digits. */
function range(min: number, max: number): string {
  const alternatives = [];
  for (let digits = String(min).length; digits <= String(max).length; digits += 1) {
    const least = Math.max(min, digits === 1 ? 0 : 10 ** (digits - 1));
    alternatives.push(rangeOf(String(least), String(Math.min(max, 10 ** digits - 1))));
  }
  return alternatives.join('|');
}

/** The same for two numbers of equally many digits. */
function rangeOf(min: string, max: string): string {
  if (min === max) return min;
  const [first, last] = [Number(min.charAt(0)), Number(max.charAt(0))];
  const [minRest, maxRest] = [min.slice(1), max.slice(1)];
  if (first === last) return `${first}(?:${rangeOf(minRest, maxRest)})`;
  const startsFull = /^0*$/.test(minRest);
  const endsFull = /^9*$/.test(maxRest);
  const [from, to] = [startsFull ? first : first + 1, endsFull ? last : last - 1];
  return [
    ...(startsFull ? [] : [`${first}(?:${rangeOf(minRest, '9'.repeat(minRest.length))})`]),
    ...(from <= to ? [`[${from}-${to}]${String.raw`\d`.repeat(minRest.length)}`] : []),
    ...(endsFull ? [] : [`${last}(?:${rangeOf('0'.repeat(maxRest.length), maxRest)})`]),
  ].join('|');
}

/** What to use in place of an unknown name: the one that was probably meant, or else all that exist. */
export function didYouMean(given: string, names: readonly string[], plural: string): string {
  const nearest = nearestName(given, names);
  return nearest ? `Did you mean ${nearest}?` : `The ${plural} are ${names.join(', ')}`;
}

/** The name that was probably meant, ignoring case and punctuation. Undefined if none is close. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const maxDistance = Math.max(2, Math.floor(given.length / 3));
  const [nearest] = names
    .map((name) => ({ name, distance: distanceBetween(plain(given), plain(name), maxDistance) }))
    .filter(({ distance }) => distance <= maxDistance)
    .sort((a, b) => a.distance - b.distance);
  return nearest?.name;
}

/** Characters to insert, delete or replace (Levenshtein). Written here, because the published construct contains no other package. */
function distanceBetween(one: string, other: string, max: number): number {
  if (Math.abs(one.length - other.length) > max) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, otherLetter] of [...other].entries()) {
      const replaced = (row[j] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

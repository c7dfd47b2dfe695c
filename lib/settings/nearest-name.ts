import { closestMatch } from 'leven';

/** The name that was probably meant, ignoring case and punctuation. Undefined if none is close. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const byPlainName = new Map(names.map((name) => [plain(name), name]));
  const maxDistance = Math.max(2, Math.floor(given.length / 3));
  return byPlainName.get(closestMatch(plain(given), [...byPlainName.keys()], { maxDistance }) ?? '');
}

/** Reads the public keys of a store. Believes a key only if the SHA-256 of its DER is its name. */
import { type PublicKey, publicKeyIn } from '../commits/public-key.ts';
import { FOLDERS, KEYS, MOST_BYTES } from '../contract.ts';
import { several } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding, note } from './findings.ts';
import { contentOf, unlessUnreadable } from './readable.ts';
import { isHidden } from './untracked.ts';

/** Anyone who can write to the store can fill `keys/`. With given keys, others are only read to say who signed. */
const MOST = { keys: 1000, others: 50, findings: 10 } as const;

export interface PublicKeys {
  /** The given keys come first. */
  readonly keys: readonly PublicKey[];
  readonly findings: readonly Finding[];
}

/**
 * Reads the given keys, and those in `keys/` except hidden names. Read it after the commits were listed, since a key is stored before the
 * first commit that it signs.
 * @param given fingerprints. Undefined if every key counts
 * @param required those of them that must be there
 */
export async function readPublicKeys(
  store: Store,
  given: readonly string[] | undefined,
  required: readonly string[],
): Promise<PublicKeys> {
  const named = (given ?? []).map(KEYS.publicKey);
  const { others, problem } = await listOthers(store, named);
  const most = given ? MOST.others : MOST.keys;
  const keys: PublicKey[] = [];
  const wrong: Finding[] = problem === undefined ? [] : [damaged(FOLDERS.keys, problem)];
  for await (const { name, content } of several([...named, ...others.slice(0, most)], async (key) => ({
    name: key,
    content: await contentOf(store, key, MOST_BYTES.publicKey),
  }))) {
    const key = content?.bytes && publicKeyIn(content.bytes);
    if (key && name === KEYS.publicKey(key.fingerprint)) keys.push(key);
    else if (content)
      wrong.push(damaged(name, content.problem ?? 'is not a P-256 public key whose fingerprint is its name'));
    else if (required.some((fingerprint) => name === KEYS.publicKey(fingerprint)))
      wrong.push(damaged(name, "is missing, though this key was given: its signatures can't be checked"));
  }
  return { keys, findings: [...bounded(wrong), ...unreadFindings(others.length, most, given)] };
}

/** The keys that were not given. None if the folder can't be listed, because something other than files is in it. */
async function listOthers(
  store: Store,
  named: readonly string[],
): Promise<{ readonly others: readonly string[]; readonly problem?: string }> {
  const listed = await unlessUnreadable(() => store.list(FOLDERS.keys));
  if ('problem' in listed) return { others: [], problem: listed.problem };
  return { others: listed.filter((key) => !isHidden(key) && !named.includes(key)) };
}

function bounded(findings: readonly Finding[]): Finding[] {
  const left = findings.length - MOST.findings;
  if (left <= 0) return [...findings];
  return [
    ...findings.slice(0, MOST.findings),
    damaged(FOLDERS.keys, `holds ${left} more objects that are no such key`),
  ];
}

function unreadFindings(others: number, most: number, given: readonly string[] | undefined): Finding[] {
  if (others <= most) return [];
  const which = given ? 'other keys' : 'keys';
  const advice = given ? '' : '. Name those that may have signed with --key';
  return [note(FOLDERS.keys, `holds ${others} ${which}, of which the first ${most} were read${advice}`)];
}

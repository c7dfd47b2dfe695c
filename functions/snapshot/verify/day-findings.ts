/** Says what is wrong with the objects of a day's newest commit. */
import { type Commit, objectOf } from '../commits/commit.ts';
import { KEYS } from '../contract.ts';
import type { StoredObject } from '../store/store.ts';
import type { Condition } from './condition.ts';
import type { Absence } from './expiry.ts';
import { damaged, type Finding, interrupted, note } from './findings.ts';

/** Reports objects that every run publishes, but that the commit doesn't name. */
export const essentialFindings = (commit: Commit): Finding[] =>
  (['json', 'changes'] as const)
    .filter((kind) => !objectOf(commit, kind))
    .map((kind) => damaged(KEYS.commit(commit.commit), `doesn't name ${KEYS[kind](commit.dt)}`));

/** @param absence undefined without a sound manifest, since then nothing proves that the day was ever complete */
export function goneFindings(
  { dt }: Commit,
  gone: readonly StoredObject[],
  isWhole: boolean,
  absence: Absence | undefined,
): Finding[] {
  if (!absence || (absence.is === 'damage' && !isWhole)) return gone.map(({ key }) => damaged(key, 'is missing'));
  if (absence.is === 'damage')
    return gone.map(({ key }) => damaged(key, `is missing, and can't have expired: ${absence.because}`));
  const onPurpose = absence.is === 'removed';
  if (!isWhole)
    return gone.map(({ key }) => note(key, onPurpose ? 'was removed on purpose' : 'has expired or was removed'));
  const what = onPurpose ? 'were removed on purpose' : 'have expired or were removed';
  return [note(KEYS.manifest(dt), `users, changes and groups of the day ${what}`)];
}

export function objectFindings({ kind, key }: StoredObject, condition: Condition): Finding[] {
  if (condition === 'sound') return [];
  if (condition === 'staged')
    return [interrupted(key, 'is committed and staged, but not promoted yet; the next run promotes it')];
  if (condition === 'different') return [damaged(key, 'checksum does not match the commit')];
  return kind === 'raw' ? [] : [damaged(key, 'is missing')]; // `raw` expires early
}

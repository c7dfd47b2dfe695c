/** The text of `verify`: a line for each day, a line for each finding, and a last line to quote in a report. */
import { onOneLine } from '../snapshot/format/cell-text.ts';
import type { Verification } from '../snapshot/verify/verify.ts';
import { rangesOf, rangeText } from './dates.ts';
import { Table } from './table.ts';
import { plural } from './text.ts';

export interface Asked {
  /** As `--store` names it. */
  readonly place: string;
  /** False if it is a folder that doesn't exist. */
  readonly exists: boolean;
  readonly dt?: string;
  readonly today: string;
}

export function report(asked: Asked, verification: Verification): string {
  const table = new Table({ widths: [10, 11] });
  const missing = verification.missing_days.filter((dt) => !verification.refused_days.includes(dt));
  const lines = [
    ...rangesOf(missing).map((range) => `missing: ${rangeText(range)}`),
    ...rangesOf(verification.refused_days).map((range) => `refused: ${rangeText(range)}`),
    ...verification.findings.map(({ level, key, message }) => `${level}: ${key} ${message}`),
    ...signatureLines(verification),
    ...recomputation(verification),
    verification.status === 'nothing' ? nothing(asked, verification) : conclusion(verification),
  ];
  const days = verification.days.map(({ dt, status, commit, users }) =>
    table.row([dt, status, `${users === null ? '' : `${plural(users, 'user')}, `}commit ${commit}`]),
  );
  return `${days.join('')}${lines.map(onOneLine).join('\n')}\n`; // a key may contain whatever a file's name may
}

/** With `--deep`: how many days were recomputed, and which were not, by reason. */
function recomputation({ recomputed, days }: Verification): string[] {
  if (recomputed === undefined || days.length === 0) return [];
  const lacking = [
    ...reasonsOf(days, 'nothing').map((text) => `not recomputed: ${text}`),
    ...reasonsOf(days, 'users').map((text) => `changes not recomputed: ${text}`),
  ];
  return [`recomputed from raw: ${plural(recomputed, 'day')}`, ...lacking];
}

/** The days of which no more was recomputed, for each reason. */
function reasonsOf(days: Verification['days'], recomputed: Verification['days'][number]['recomputed']): string[] {
  const lacking = days.filter((day) => day.recomputed === recomputed);
  return [...Map.groupBy(lacking, ({ not_recomputed }) => not_recomputed)].map(
    ([why, all]) =>
      `${rangesOf(all.map(({ dt }) => dt))
        .map(rangeText)
        .join(', ')} (${why})`,
  );
}

/** Days, users of the newest day, first and last date, number and hash of the newest commit. */
function conclusion({ status, days, newest_commit, newest_commit_sha256 }: Verification): string {
  const [first, last] = [days[0], days.at(-1)];
  const span = first && last ? `${plural(days.length, 'day')} from ${first.dt} to ${last.dt}` : 'no days';
  const users = last ? `, ${last.users === null ? 'users unknown' : plural(last.users, 'user')} on ${last.dt}` : '';
  const newest =
    newest_commit === null ? 'no commit' : `newest commit ${newest_commit}, sha256 ${newest_commit_sha256}`;
  return `${status}: ${span}${users}, ${newest}`;
}

/** Which key signed how many commits. Empty if the store has no keys, and none was given. */
function signatureLines({ signatures, commits }: Verification): string[] {
  const { checked_with, keys, unused_keys } = signatures;
  const lines = keys.map(
    ({ fingerprint, commits: signed }) => `signed: ${signed} of ${plural(commits, 'commit')}, by key ${fingerprint}`,
  );
  if (unused_keys > 0) lines.push(`signed: nothing, by ${plural(unused_keys, 'other key')} in keys/`);
  if (checked_with === 'given keys' || lines.length === 0) return lines;
  return [
    ...lines,
    "signed: checked with the store's own keys. Anyone who can write to the store can add one, so this proves less than --key",
  ];
}

/** Says whether there is no folder, no snapshot, or none of the requested day. */
function nothing({ place, exists, dt, today }: Asked, { nearest_days, refused_days }: Verification): string {
  const start = `nothing to verify in ${place}: `;
  if (!exists) return `${start}there is no such folder`;
  if (nearest_days.length === 0 || dt === undefined) return `${start}it has no snapshots`;
  const why = dt > today ? 'is in the future' : refused_days.length > 0 ? 'was refused' : 'has no snapshot';
  return `${start}${dt} ${why}; the nearest ${nearest_days.length === 1 ? 'is' : 'are'} ${nearest_days.join(' and ')}`;
}

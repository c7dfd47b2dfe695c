/** What `snapshot` prints for people: what it wrote, what changed, and what to do next. */
import type { Manifest } from '../snapshot/commits/manifest.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { CHANGES, type ChangeKind, STATES } from '../snapshot/contract.ts';
import { onOneLine } from '../snapshot/format/cell-text.ts';
import type { TakenSnapshot } from '../snapshot/take-snapshot.ts';
import { typed } from './called-as.ts';
import { shellWord } from './shell-word.ts';
import { DEFAULT_STORE } from './terminal.ts';
import { grouped, plural, size } from './text.ts';

/** A snapshot that was published, and its run document. */
export type PublishedSnapshot = TakenSnapshot & { readonly document: RunDocument };

/** Administrators matter most. */
const ADMINISTRATORS: readonly ChangeKind[] = ['admin_granted', 'admin_revoked'];
const ADMINISTRATORS_FIRST: readonly ChangeKind[] = [
  ...ADMINISTRATORS,
  ...CHANGES.filter((kind) => !ADMINISTRATORS.includes(kind)),
];
/** Sorts changes, administrators first. */
export const rankOf = (kind: ChangeKind): number => ADMINISTRATORS_FIRST.indexOf(kind);

/** The summary of a real account's snapshot. */
export function summary(
  program: string,
  place: string,
  { document, manifest, signedBy }: PublishedSnapshot,
  isVerified: boolean,
): string {
  const command = (...words: readonly string[]) => typed(program, ...words, ...storeWords(place));
  const lines = [
    ...headline(place, document, manifest),
    ...(manifest ? [`  ${changed(manifest)}`] : []),
    '',
    ...(manifest?.objects ?? []).map(({ key, bytes }) => `  ${key}  ${size(bytes)}`),
    `  commit ${document.commit}, sha256 ${document.commit_sha256}`,
    ...signature(signedBy),
    '',
    isVerified
      ? 'Verified: every object was read back and matches its commit.'
      : `NOT verified: run ${command('verify')}`,
    '',
    'Next:',
    ...[['status'], ['changes', '--since', '7d'], ['verify']].map((words) => `  ${command(...words)}`),
  ];
  return textOf(lines);
}

/** The key that signed the commit. It is long, so it has a line of its own. */
export const signature = (signedBy: string | null): string[] =>
  signedBy === null ? [] : [`  signed with key ${signedBy}`];

/** The words that name the store in a command. None for the default. */
export const storeWords = (place: string): readonly string[] =>
  place === DEFAULT_STORE ? [] : ['--store', shellWord(place)];

/** Lines of text. Roles and file names can't break one. */
export const textOf = (lines: readonly string[]): string => `${lines.map(onOneLine).join('\n')}\n`;

/** What was published, where, and its figures. */
export function headline(place: string, { dt }: RunDocument, manifest: Manifest | null): string[] {
  return [`Published the snapshot of ${dt} in ${place}.`, ...(manifest ? figures(manifest) : [])];
}

function figures(manifest: Manifest): string[] {
  const states = STATES.map((state) => `${manifest.states[state]} ${state.replace('_', ' ')}`).join(', ');
  const { drift } = manifest;
  const lists = Object.entries(drift).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0 ? `${name}: ${value.join(', ')}` : [],
  );
  return [
    `  ${plural(manifest.user_count, 'user')}, ${plural(manifest.admin_count, 'administrator')}`,
    `  ${states}`,
    ...(drift.duplicates > 0 ? [`  ${plural(drift.duplicates, 'duplicate')} left out`] : []),
    ...(lists.length > 0 ? [`  Differs from Anodot's documentation: ${lists.join('; ')}`] : []),
  ];
}

/** What changed since the previous day's snapshot, in one line. */
function changed({ changes, previous_dt }: Manifest): string {
  if (!changes || previous_dt === null) return 'The first snapshot: nothing to compare with yet';
  const counts = ADMINISTRATORS_FIRST.filter((kind) => changes[kind] > 0).map(
    (kind) => `${grouped(changes[kind])} ${kind}`,
  );
  return `Changed since ${previous_dt}: ${counts.join(', ') || 'nothing'}`;
}

/** What a snapshot wrote, in words for people. */
import type { Manifest } from '../snapshot/commits/manifest.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { SAMPLE_SOURCE, STATES } from '../snapshot/contract.ts';
import { onOneLine } from '../snapshot/format/cell-text.ts';
import type { TakenSnapshot } from '../snapshot/take-snapshot.ts';
import { typed } from './called-as.ts';
import { DEFAULT_STORE } from './terminal.ts';
import { plural, size } from './text.ts';

/** A snapshot that was published, and its run document. */
export type PublishedSnapshot = TakenSnapshot & { readonly document: RunDocument };

/** What was written, where, the counts, and what to do next. */
export function summary(
  program: string,
  place: string,
  { document, manifest }: PublishedSnapshot,
  verified: boolean,
): string {
  const store = place === DEFAULT_STORE ? '' : ` --store ${place}`;
  const lines = [
    `Published the snapshot of ${document.dt} in ${place}.`,
    ...(manifest ? figures(manifest) : []),
    '',
    ...(manifest?.objects ?? []).map(({ key, bytes }) => `  ${key}  ${size(bytes)}`),
    `  commit ${document.commit}, sha256 ${document.commit_sha256}`,
    '',
    verified
      ? 'Verified: every object was read back and is what the commit names.'
      : `NOT verified: run ${typed(program, 'verify')}${store}`,
    '',
    'Next:',
    `  ${typed(program, 'verify')}${store}    reads all days back`,
    ...(manifest?.source === SAMPLE_SOURCE
      ? [`  ANODOT_TOKEN=… ${typed(program)}    takes a snapshot of your own account, into ./snapshots`]
      : []),
  ];
  return `${lines.map(onOneLine).join('\n')}\n`; // a role may be called anything
}

function figures(manifest: Manifest): string[] {
  const states = STATES.map((state) => `${manifest.states[state]} ${state.replace('_', ' ')}`).join(', ');
  const { drift } = manifest;
  const lists = Object.entries(drift).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0 ? `${name}: ${value.join(', ')}` : [],
  );
  return [
    `  ${plural(manifest.user_count, 'user')}, ${plural(manifest.admin_count, 'administrator')}: ${states}`,
    ...(drift.duplicates > 0 ? [`  ${plural(drift.duplicates, 'duplicate')} left out`] : []),
    ...(lists.length > 0 ? [`  Differs from Anodot's documentation: ${lists.join('; ')}`] : []),
  ];
}

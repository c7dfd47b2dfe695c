/** Compares the stored users and changes of a day with those that its raw response results in. */
import { type Format, KEYS, PROGRAM_VERSION } from '../../contract.ts';
import { LineReader } from '../../format/line-reader.ts';
import type { Store, StoredObject } from '../../store/store.ts';
import { damaged, type Finding, note } from '../findings.ts';
import { Columns } from './columns.ts';
import { type Computed, compute } from './compute.ts';
import { changeEntry, csvEntries, rowEntry, type ToEntry } from './entries.ts';
import { Matcher, type Mismatch } from './matcher.ts';
import type { Previous, RecordedDay } from './recorded-day.ts';
import { SHOWN } from './shown.ts';
import { csvEntriesOf, entriesOf } from './stored-entries.ts';
import { lackedColumns } from './versions.ts';

type Kind = Format | 'changes';

export interface Compared {
  readonly store: Store;
  readonly day: RecordedDay;
  readonly raw: StoredObject;
  /** The snapshot that the changes compare with. Undefined if there is none. */
  readonly previous: Previous | undefined;
  /** Whether changes can be compared. */
  readonly withChanges: boolean;
  /** Whether an object's checksum matches its commit. */
  readonly isSound: (key: string) => boolean;
}

export interface ObjectFindings {
  readonly findings: readonly Finding[];
  /** Whether stored rows have other columns than this version writes. */
  readonly hasOtherColumns: boolean;
}

/** If the hash of each object is the recomputed one, no value is compared. */
export async function objectFindings(compared: Compared, { staged }: Computed): Promise<ObjectFindings> {
  const { day, withChanges } = compared;
  const kinds: readonly Kind[] = withChanges ? ['json', 'csv', 'changes'] : ['json', 'csv'];
  const other = kinds.filter((kind) => {
    const [stored, own] = [day.objects, staged.objects].map((all) => all.find((object) => object.kind === kind));
    return stored && (stored.sha256 !== own?.sha256 || stored.bytes !== own.bytes);
  });
  if (other.length === 0) return { findings: [], hasOtherColumns: false };
  const matchers = await matchersFor(compared, other);
  const { store, raw, previous } = compared;
  await compute(store, day, raw, previous, async (key, bytes) => matchers.get(key)?.write(bytes));
  const findings: Finding[] = [];
  let hasOtherColumns = false;
  for (const kind of other) {
    const matcher = await matchers.get(KEYS[kind](day.dt))?.end();
    findings.push(...findingsOf(kind, day, matcher));
    hasOtherColumns ||= matcher?.columns.areOwn === false;
  }
  return { findings, hasOtherColumns };
}

async function matchersFor({ store, day, isSound }: Compared, kinds: readonly Kind[]): Promise<Map<string, Matching>> {
  const matchers = new Map<string, Matching>();
  for (const kind of kinds) {
    const key = KEYS[kind](day.dt);
    const chunks = isSound(key) ? await store.open(key) : undefined;
    if (chunks) matchers.set(key, new Matching(kind, day.program_version, chunks));
  }
  return matchers;
}

const TO_ENTRY: { readonly [kind in Kind]: () => ToEntry } = {
  json: () => rowEntry,
  csv: csvEntries,
  changes: () => changeEntry,
};

/** The matcher of one object, which receives the recomputed bytes. */
class Matching {
  readonly #matcher: Matcher;
  readonly #toEntry: ToEntry;
  readonly #lines = new LineReader({ isStrict: false });

  constructor(kind: Kind, version: string, chunks: AsyncIterable<Uint8Array>) {
    this.#toEntry = TO_ENTRY[kind]();
    const stored = kind === 'csv' ? csvEntriesOf(chunks) : entriesOf(chunks, this.#toEntry);
    this.#matcher = new Matcher(stored, new Columns(lackedColumns(kind, version), kind === 'csv'), SHOWN);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (const line of this.#lines.push(bytes)) {
      const entry = this.#toEntry(line);
      if (entry) await this.#matcher.add(entry);
    }
  }

  async end(): Promise<Matcher> {
    await this.#matcher.end();
    return this.#matcher;
  }
}

function findingsOf(kind: Kind, day: RecordedDay, matcher: Matcher | undefined): Finding[] {
  const key = KEYS[kind](day.dt);
  const isOwn = day.program_version === PROGRAM_VERSION;
  if (!matcher) {
    const gone = 'is gone or damaged, so its values were not compared with the raw response';
    return [isOwn ? damaged(key, 'has another checksum than the raw response gives') : note(key, gone)];
  }
  const { mismatches, count, columns } = matcher;
  const noun = kind === 'changes' ? 'line' : 'row';
  const findings = mismatches.map((mismatch) => damaged(key, inWords(noun, mismatch)));
  if (count > SHOWN) findings.push(damaged(key, `${count - SHOWN} more ${noun}s don't match the raw response`));
  findings.push(...columnFindings(key, noun, columns));
  if (findings.length === 0 && isOwn)
    return [damaged(key, 'has the values that the raw response gives, but not the layout of this program version')];
  const { notWrittenYet, otherCount } = columns;
  if (notWrittenYet.length > 0) findings.push(note(key, `lacks columns: ${notWrittenYet.join(', ')}`));
  if (otherCount > 0)
    findings.push(note(key, `has columns that this program version doesn't write: ${otherCount} in total`));
  return findings;
}

/** Names only columns of this version. */
function columnFindings(key: string, noun: string, { sometimesLacking, missing, isUneven }: Columns): Finding[] {
  const messages = [
    ...(missing.length > 0 ? [`lacks columns that its program version wrote: ${missing.join(', ')}`] : []),
    ...(sometimesLacking.length > 0
      ? [`some ${noun}s lack columns that others have: ${sometimesLacking.join(', ')}`]
      : []),
    ...(isUneven ? [`some ${noun}s have columns that others lack`] : []),
  ];
  return messages.map((message) => damaged(key, message));
}

function inWords(noun: string, mismatch: Mismatch): string {
  if (mismatch.is === 'different')
    return `${noun} ${mismatch.at} doesn't match the raw response: ${mismatch.columns.join(', ')}`;
  return mismatch.is === 'extra'
    ? `${noun} ${mismatch.at} isn't in what the raw response gives`
    : `lacks ${noun} ${mismatch.at} of what the raw response gives`;
}

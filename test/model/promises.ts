import type { CommitFacts, Facts } from './facts.ts';
import type { Uploads } from './uploads.ts';
import type { World } from './world.ts';

/** What publishing promises, held against a world or a step. Each gives what is broken, or undefined. */
export class Promises {
  readonly #facts: Facts;
  readonly #uploads: Uploads;

  constructor(facts: Facts, uploads: Uploads) {
    this.#facts = facts;
    this.#uploads = uploads;
  }

  log({ commits }: World): (CommitFacts | undefined)[] {
    return [...commits].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, bytes]) => this.#facts.of(key, bytes));
  }

  brokenIn(world: World): string | undefined {
    const log = this.log(world);
    const sound = log.filter((commit) => commit !== undefined);
    if (sound.length < log.length) return 'a commit is no commit of its number';
    return (
      brokenLog(sound) ?? this.#brokenPlaces(world, sound) ?? brokenManifest(world, sound) ?? lostObject(world, sound)
    );
  }

  /** What a step must not do to what was there before. */
  brokenBy(before: World, after: World): string | undefined {
    for (const [key, bytes] of before.commits) {
      if (after.commits.get(key)?.equals(bytes) !== true) return `${key} was replaced`;
    }
    const log = this.log(after);
    const commitOf = (upload: string) =>
      log.find((commit) => commit?.execution === this.#uploads.get(upload).execution);
    for (const [key, upload] of before.places) {
      const now = after.places.get(key);
      if (now === undefined) return `${key} was removed`;
      if (now === upload) continue;
      const [old, young] = [commitOf(upload), commitOf(now)];
      if (old && young && old.commit >= young.commit) return `${key}: an older commit's object replaced a newer one's`;
      if (old && young && old.answer >= young.answer) return `${key}: an older answer replaced a newer one`;
    }
    return undefined;
  }

  /** Whether something of the commit is neither in place nor replaced by a later commit of the day. */
  isUnfinished(world: World, number: number): boolean {
    const log = this.log(world).filter((commit) => commit !== undefined);
    const commit = log.find((one) => one.commit === number);
    return commit?.objects.some(({ key }) => !isInPlace(world, key, commit, log)) ?? true;
  }

  /** Nothing uncommitted, and nothing but what the commit says, is in place. */
  #brokenPlaces({ places }: World, log: readonly CommitFacts[]): string | undefined {
    for (const [key, id] of places) {
      const { execution, sha256 } = this.#uploads.get(id);
      const commit = log.find((other) => other.execution === execution);
      const object = commit?.objects.find((other) => other.key === key);
      if (!object) return `${key}: an object that was not committed is in place`;
      if (object.sha256 !== sha256) return `${key}: the object in place is not what its commit says`;
    }
    return undefined;
  }
}

/** Numbers without gaps, a chain of hashes, days and answers that never go back, one commit a run. */
function brokenLog(log: readonly CommitFacts[]): string | undefined {
  const runs = new Set<string>();
  let before: CommitFacts | undefined;
  for (const commit of log) {
    if (commit.commit !== (before?.commit ?? 0) + 1) return 'the numbers of the commits have a gap';
    if (commit.previous_commit_sha256 !== (before?.hash ?? null)) return 'a commit was not built on the one before it';
    if (runs.has(commit.run_id)) return 'one run has two commits';
    if (Number.isNaN(commit.answer)) return 'a commit is not wholly one answer of one execution';
    if (before && commit.dt < before.dt) return 'a commit is of an earlier day than the one before it';
    if (before && commit.answer <= before.answer) return 'an older answer was committed on top of a newer one';
    runs.add(commit.run_id);
    before = commit;
  }
  return undefined;
}

/** Of this commit, or of a later one of the day. */
function isInPlace({ places }: World, key: string, commit: CommitFacts, log: readonly CommitFacts[]): boolean {
  const execution = places.get(key)?.split('#')[1];
  return log.some((other) => other.execution === execution && other.commit >= commit.commit);
}

/** A manifest in place marks its day as complete. */
function brokenManifest(world: World, log: readonly CommitFacts[]): string | undefined {
  for (const [key, upload] of world.places) {
    const commit = log.find(({ execution }) => key.startsWith('manifests/') && execution === upload.split('#')[1]);
    for (const object of commit?.objects ?? []) {
      if (commit && !isInPlace(world, object.key, commit, log)) return `${key} is in place before ${object.key}`;
    }
  }
  return undefined;
}

/** What is committed is in place, replaced by a later commit of the day, or staged. */
function lostObject(world: World, log: readonly CommitFacts[]): string | undefined {
  for (const commit of log) {
    for (const { key, staged } of commit.objects) {
      const upload = staged && 'upload_id' in staged ? staged.upload_id : '';
      if (world.staged.has(upload) || world.expired.has(upload)) continue;
      if (!isInPlace(world, key, commit, log)) return `${key} of commit ${commit.commit} is lost`;
    }
  }
  return undefined;
}

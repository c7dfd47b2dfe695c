import { KEYS } from '../../functions/snapshot/contract.ts';
import type { CommitFacts, Facts } from './facts.ts';
import { SignaturePromises } from './signature-promises.ts';
import { isSigningKey } from './signing.ts';
import type { Uploads } from './uploads.ts';
import type { World } from './world.ts';

const UNTOLD = { unsigned: false };

/** What publishing promises, checked for a world or for the change between two. Each check returns the broken promise, or undefined. */
export class Promises {
  readonly signatures = new SignaturePromises();
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
    if (sound.length < log.length) return 'a commit is damaged';
    return (
      brokenLog(sound) ??
      this.#brokenPlaces(world, sound) ??
      brokenManifest(world, sound) ??
      lostObject(world, sound) ??
      this.signatures.brokenIn(world, sound)
    );
  }

  /** What no call may do to objects that already exist. */
  brokenBy(before: World, after: World): string | undefined {
    for (const [key, bytes] of before.commits) {
      if (after.commits.get(key)?.equals(bytes) !== true) return `${key} was replaced`;
    }
    for (const [key, bytes] of before.others) {
      if (isSigningKey(key) && after.others.get(key) !== bytes) return `${key} was replaced`;
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
      if (old && young && old.response >= young.response) return `${key}: an older response replaced a newer one`;
    }
    return undefined;
  }

  /** Whether an object of the commit is neither in place nor replaced by a later commit of the day. */
  isUnfinished(world: World, number: number): boolean {
    const log = this.log(world).filter((commit) => commit !== undefined);
    const commit = log.find((one) => one.commit === number);
    return commit?.objects.some(({ key }) => !isInPlace(world, key, commit, log)) ?? true;
  }

  /** A run document says published only once the alarms know of its commit. */
  brokenReport(world: World, number: number | undefined): string | undefined {
    if (number === undefined || world.told.has(number) || !this.#isReadable(world, number)) return undefined;
    return `a run document says that commit ${number} was published, which no alarm knows of`;
  }

  /**
   * Every new administrator in a published feed was reported at least once. The newest commit may still be reported by the next run, unless
   * its run document says that it was reported.
   */
  brokenAlarm(world: World): string | undefined {
    const log = this.log(world).filter((commit) => commit !== undefined);
    const silent = log.find((commit) => {
      const before = log.findLast((other) => other.commit < commit.commit && other.dt === commit.dt);
      const added = commit.granted.filter((id) => !before?.granted.includes(id));
      return this.#isDue(world, commit, log) && (world.told.get(commit.commit)?.granted ?? 0) < added.length;
    });
    return silent && `no alarm knows of an administrator who was added in commit ${silent.commit}`;
  }

  /** Every commit without a signature was reported as such, or as earlier than all signatures, at least once, or may still be. */
  brokenUnsigned(world: World): string | undefined {
    const log = this.log(world).filter((commit) => commit !== undefined);
    const silent = log.find(
      (commit) =>
        this.#isDue(world, commit, log) &&
        !this.signatures.isStored(world, commit) &&
        (world.told.get(commit.commit) ?? UNTOLD).unsigned === false,
    );
    return silent && `no alarm knows that commit ${silent.commit} is unsigned`;
  }

  /** A day is compared with an earlier one as long as any earlier day still has its rows. */
  brokenComparison(world: World): string | undefined {
    if (world.expired.size > 0) return undefined;
    const log = this.log(world).filter((commit) => commit !== undefined);
    const alone = log.find(
      ({ isCompared, dt }) =>
        !isCompared && log.some((other) => other.dt < dt && world.places.has(KEYS.json(other.dt))),
    );
    return alone && `commit ${alone.commit} was compared with nothing, though an earlier day has its rows`;
  }

  /** Whether the commit's manifest is in place. If a later commit of the day replaced it, that one reports it. */
  #isReadable(world: World, number: number): boolean {
    const commit = this.log(world)[number - 1];
    return [...world.places].some(
      ([key, upload]) => key.startsWith('manifests/') && upload.split('#')[1] === commit?.execution,
    );
  }

  /** Whether the alarms must know of the commit. The next run may still report the newest one. */
  #isDue(world: World, commit: CommitFacts, log: readonly CommitFacts[]): boolean {
    const isPending = commit === log.at(-1) && !world.closed.has(KEYS.run(commit.run_id));
    return !isPending && !this.#isLost(world, commit);
  }

  #isLost({ expired }: World, { execution }: CommitFacts): boolean {
    return [...expired].some((upload) => upload.includes(`#${execution}#`));
  }

  /** Every object in place was committed, and has the bytes that its commit names. */
  #brokenPlaces({ places }: World, log: readonly CommitFacts[]): string | undefined {
    for (const [key, id] of places) {
      const { execution, sha256 } = this.#uploads.get(id);
      const commit = log.find((other) => other.execution === execution);
      const object = commit?.objects.find((other) => other.key === key);
      if (!object) return `${key}: an uncommitted object is in place`;
      if (object.sha256 !== sha256) return `${key}: the object in place is not the one its commit names`;
    }
    return undefined;
  }
}

/** Commit numbers have no gap, hashes form a chain, days and responses never go back, and a run has one commit. */
function brokenLog(log: readonly CommitFacts[]): string | undefined {
  const runs = new Set<string>();
  let before: CommitFacts | undefined;
  for (const commit of log) {
    if (commit.commit !== (before?.commit ?? 0) + 1) return 'the numbers of the commits have a gap';
    if (commit.previous_commit_sha256 !== (before?.hash ?? null))
      return 'a commit does not have the hash of the one before it';
    if (runs.has(commit.run_id)) return 'one run has two commits';
    if (Number.isNaN(commit.response)) return 'a commit mixes responses or attempts';
    if (before && commit.dt < before.dt) return 'a commit is of an earlier day than the one before it';
    if (before && commit.response <= before.response) return 'an older response was committed on top of a newer one';
    runs.add(commit.run_id);
    before = commit;
  }
  return undefined;
}

/** Whether the object at the key is this commit's, or a later one's of the day, or was removed since. */
function isInPlace({ places, removed }: World, key: string, commit: CommitFacts, log: readonly CommitFacts[]): boolean {
  if (removed.has(key)) return true;
  const execution = places.get(key)?.split('#')[1];
  return log.some((other) => other.execution === execution && other.commit >= commit.commit);
}

/** A manifest in place marks its day as complete: every object that its commit names is in place. */
function brokenManifest(world: World, log: readonly CommitFacts[]): string | undefined {
  for (const [key, upload] of world.places) {
    const commit = log.find(({ execution }) => key.startsWith('manifests/') && execution === upload.split('#')[1]);
    for (const object of commit?.objects ?? []) {
      if (commit && !isInPlace(world, object.key, commit, log)) return `${key} is in place before ${object.key}`;
    }
  }
  return undefined;
}

/** Every committed object is in place, replaced by a later commit of the day, or still staged. */
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

import { CHANGE } from '../../functions/snapshot/changes/change.ts';
import { type Commit, objectOf, parseCommit } from '../../functions/snapshot/commits/commit.ts';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { responseAt } from './run.ts';
import { uploadOf } from './scheduled-store.ts';
import type { Uploads } from './uploads.ts';

/** A commit and the response that it publishes. */
export interface CommitFacts extends Commit {
  readonly hash: string;
  /** The response's number; NaN if its objects come from different ones. */
  readonly response: number;
  /** Whether its manifest says what changed. */
  readonly isCompared: boolean;
  /** The users who became administrators according to the day's feed. */
  readonly granted: readonly string[];
}

/** Reads commits as the product does, each once. */
export class Facts {
  readonly #uploads: Uploads;
  readonly #known = new Map<Buffer, CommitFacts | undefined>();

  constructor(uploads: Uploads) {
    this.#uploads = uploads;
  }

  /** Undefined if the bytes aren't a commit with this key's number. */
  of(key: string, bytes: Buffer): CommitFacts | undefined {
    if (!this.#known.has(bytes)) this.#known.set(bytes, this.#read(key, bytes));
    return this.#known.get(bytes);
  }

  #read(key: string, bytes: Buffer): CommitFacts | undefined {
    const { commit, sha256 } = parseCommit(Number(/\d+/.exec(key)?.[0]), bytes);
    return commit && { ...commit, hash: sha256, response: this.#responseOf(commit), ...this.#changesOf(commit) };
  }

  #changesOf(commit: Commit): Pick<CommitFacts, 'granted' | 'isCompared'> {
    const [feed, proof] = [objectOf(commit, 'changes'), objectOf(commit, 'manifest')];
    const text = feed ? this.#uploads.get(uploadOf(feed)).bytes.toString() : '';
    const lines = text.split('\n').filter((line) => line !== '');
    const changes = lines.map((line) => CHANGE.parse(JSON.parse(line)));
    const manifest = proof && MANIFEST.safeParse(jsonOf(this.#uploads.get(uploadOf(proof)).bytes)).data;
    return {
      isCompared: manifest?.changes != null,
      granted: changes.flatMap(({ id, change }) => (change === 'admin_granted' ? id : [])),
    };
  }

  /** The rows contain the response's number and the manifest its time. All objects must be of one attempt and one response. */
  #responseOf(commit: Commit): number {
    const uploads = commit.objects.map((object) => ({ ...object, upload: this.#uploads.get(uploadOf(object)) }));
    const ofOne = uploads.every(
      ({ key, sha256, upload }) =>
        upload.key === key && upload.sha256 === sha256 && upload.execution === commit.execution,
    );
    const bytesOf = (kind: string) => uploads.find((object) => object.kind === kind)?.upload.bytes ?? Buffer.alloc(0);
    const inRows = Number(/"first_name":"response (\d+)"/.exec(bytesOf('json').toString())?.[1]);
    const manifest = MANIFEST.safeParse(jsonOf(bytesOf('manifest'))).data;
    return ofOne && manifest && responseAt(manifest.observed_at) === inRows ? inRows : Number.NaN;
  }
}

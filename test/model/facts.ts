import { type Commit, parseCommit } from '../../functions/snapshot/commits/commit.ts';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { answerAt } from './run.ts';
import { uploadOf } from './scheduled-store.ts';
import type { Uploads } from './uploads.ts';

/** A commit, and the answer that it is made of. */
export interface CommitFacts extends Commit {
  readonly hash: string;
  /** NaN where its objects don't agree on one. */
  readonly answer: number;
}

/** Reads commits as the product does, each once. */
export class Facts {
  readonly #uploads: Uploads;
  readonly #known = new Map<Buffer, CommitFacts | undefined>();

  constructor(uploads: Uploads) {
    this.#uploads = uploads;
  }

  /** Undefined where the bytes are no commit of this number. */
  of(key: string, bytes: Buffer): CommitFacts | undefined {
    if (!this.#known.has(bytes)) this.#known.set(bytes, this.#read(key, bytes));
    return this.#known.get(bytes);
  }

  #read(key: string, bytes: Buffer): CommitFacts | undefined {
    const { commit, sha256 } = parseCommit(Number(/\d+/.exec(key)?.[0]), bytes);
    return commit && { ...commit, hash: sha256, answer: this.#answerOf(commit) };
  }

  /** The rows hold the answer's number, the manifest its time: all must be of one execution and of one answer. */
  #answerOf(commit: Commit): number {
    const uploads = commit.objects.map((object) => ({ ...object, upload: this.#uploads.get(uploadOf(object)) }));
    const ofOne = uploads.every(
      ({ key, sha256, upload }) =>
        upload.key === key && upload.sha256 === sha256 && upload.execution === commit.execution,
    );
    const bytesOf = (kind: string) => uploads.find((object) => object.kind === kind)?.upload.bytes ?? Buffer.alloc(0);
    const inRows = Number(/"first_name":"answer (\d+)"/.exec(bytesOf('json').toString())?.[1]);
    const manifest = MANIFEST.safeParse(jsonOf(bytesOf('manifest'))).data;
    return ofOne && manifest && answerAt(manifest.observed_at) === inRows ? inRows : Number.NaN;
  }
}

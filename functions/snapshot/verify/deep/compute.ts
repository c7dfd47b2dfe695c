/** Computes a day from its raw response, by the code that publishes. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { FORMATS } from '../../contract.ts';
import { RefusedSnapshotError, SourceContractError } from '../../errors.ts';
import { type StagedUsers, stageUsers } from '../../receive/stage-users.ts';
import type { Store, StoredObject } from '../../store/store.ts';
import { type OnBytes, readOnly } from './read-only-store.ts';
import type { Previous, RecordedDay } from './recorded-day.ts';
import { StoredResponse } from './stored-response.ts';

/** Everything was published, so no rule of the gate that compares days applies again. */
const RUN = {
  settings: { allowEmpty: true, maxDropPercent: 100 },
  force: true,
  onProgress: (): void => undefined,
};

/** What a raw response results in. */
export interface Computed {
  readonly staged: StagedUsers;
  /** Size and hash of the unpacked response. */
  readonly body: { readonly bytes: number; readonly sha256: string };
}

/** Why a raw response can't be computed: it is gone, no run publishes it, or the rows to compare with aren't those of the commit. */
export type Failure =
  | { readonly failure: 'gone' | 'previous' | 'unreadable previous'; readonly message?: undefined }
  | { readonly failure: 'raw'; readonly message: string };

/**
 * @param previous the snapshot to compare with
 * @param onBytes receives the bytes of each object
 */
export async function compute(
  store: Store,
  day: RecordedDay,
  raw: StoredObject,
  previous: Previous | undefined,
  onBytes: OnBytes = async () => undefined,
): Promise<Computed | Failure> {
  const packed = await store.open(raw.key);
  if (!packed) return { failure: 'gone' };
  const response = new StoredResponse(new Date(day.observed_at), raw.bytes, packed, {
    recordedBytes: day.response?.bytes,
  });
  const rows = new PreviousRows(store);
  const area = {
    store: readOnly(store, (key) => rows.open(key), onBytes),
    dt: day.dt,
    runId: '',
    execution: '',
    formats: FORMATS.filter((format) => day.objects.some(({ kind }) => kind === format)),
    keepRaw: false,
    later: [],
  };
  const staged = await stageUsers(response, area, { newest: undefined, earlier: previous?.baseline }, RUN);
  if (!('facts' in staged)) return failureOf(staged.error);
  if (previous && rows.sha256 !== previous.sha256) return { failure: 'previous' };
  return { staged, body: response.body };
}

/** Hashes the rows of the previous snapshot while they are compared. */
class PreviousRows {
  readonly #store: Store;
  readonly #hash = createHash('sha256');
  #sha256: string | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Undefined until all rows are read. */
  get sha256(): string | undefined {
    return this.#sha256;
  }

  async open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const chunks = await this.#store.open(key);
    return chunks && this.#hashed(chunks);
  }

  async *#hashed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      yield chunk;
    }
    this.#sha256 = this.#hash.digest('hex');
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof SourceContractError || error instanceof RefusedSnapshotError)
    return { failure: 'raw', message: error.message };
  if (isUnreadable(error)) return { failure: 'unreadable previous' };
  throw error;
}

/** Whether rows aren't rows of this version. The raw response fails with an OperatorError instead. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof z.ZodError ||
  error instanceof SyntaxError ||
  (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA');

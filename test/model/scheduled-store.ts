import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import type { Staging, Store, StoredObject } from '../../functions/snapshot/store/store.ts';
import type { Port } from './port.ts';
import { type Uploads, uploadName } from './uploads.ts';

/** Which calls the search schedules, beyond those that decide what is published. */
export interface Scheduling {
  /** The start of each upload. No run can see it, but S3 may keep the upload that started later. */
  readonly initiations: boolean;
}

/** Hidden documents hold manifests. */
const isReport = (key: string) => key.startsWith('runs/') && !key.startsWith('runs/.');

function reportsFailure(bytes: Uint8Array): boolean {
  const { status } = RUN_DOCUMENT.parse(jsonOf(bytes));
  return status !== 'running' && status !== 'published';
}

/** One run's store: every call goes through the run's port. */
export class ScheduledStore implements Store {
  readonly location = 'model';
  readonly #dt: string;
  readonly #port: Port;
  readonly #uploads: Uploads;
  readonly #scheduling: Scheduling;

  constructor(dt: string, port: Port, uploads: Uploads, scheduling: Scheduling) {
    this.#dt = dt;
    this.#port = port;
    this.#uploads = uploads;
    this.#scheduling = scheduling;
  }

  list(folder: string): Promise<string[]> {
    return this.#port.call({ kind: 'list', folder });
  }

  read(key: string): Promise<Buffer | undefined> {
    return this.#port.call({ kind: 'read', key });
  }

  async open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = await this.read(key);
    return bytes && once(bytes);
  }

  async create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    if (!isReport(key)) return this.#port.call({ kind: 'create', key, bytes: Buffer.from(bytes) });
    await this.replace(key, bytes);
    return 'created';
  }

  async replace(key: string, bytes: Uint8Array): Promise<void> {
    const write = { key, bytes: Buffer.from(bytes) };
    if (!isReport(key)) return this.#port.call({ kind: 'replace', ...write });
    // A run that reports a failure has nothing left to decide. What it reads afterwards is only for its report.
    if (reportsFailure(bytes)) this.#port.hangUp();
    else await this.#port.call({ kind: 'report', ...write });
  }

  async stage(key: string, execution: string): Promise<Staging> {
    if (!key.includes(this.#dt)) throw new Error(`a run of ${this.#dt} stages ${key}`);
    if (this.#scheduling.initiations) await this.#port.call({ kind: 'initiate', key, execution });
    else this.#port.steps.push({ kind: 'initiated', name: uploadName(key, execution) });
    const chunks: Uint8Array[] = [];
    return {
      write: async (bytes) => {
        chunks.push(Buffer.from(bytes));
      },
      close: async () => {
        const { id, bytes, sha256 } = this.#uploads.add(key, execution, Buffer.concat(chunks));
        this.#port.steps.push({ kind: 'staged', upload: id });
        return {
          bytes: bytes.byteLength,
          sha256,
          staged: { upload_id: id, parts: [{ etag: sha256.slice(0, 8), checksum: '' }] },
        };
      },
      drop: async () => {
        this.#port.steps.push({ kind: 'abandoned', name: uploadName(key, execution) });
      },
    };
  }

  putInPlace(object: StoredObject): Promise<'placed' | 'gone'> {
    return this.#port.call({ kind: 'promote', upload: uploadOf(object) });
  }

  isInPlace({ key, sha256 }: StoredObject, execution: string): Promise<boolean> {
    return this.#port.call({ kind: 'isInPlace', key, execution, sha256 });
  }

  isStaged(): Promise<boolean> {
    throw new Error('no run checks what is staged');
  }

  drop(object: StoredObject): Promise<void> {
    return this.#port.call({ kind: 'discard', upload: uploadOf(object) });
  }

  /** In the simulation, creating never replaces. */
  async proveCreateOnly(): Promise<void> {
    return undefined;
  }

  /** In the simulation nothing becomes seven days old. */
  async removeStale(): Promise<void> {
    return undefined;
  }

  async probe(): Promise<void> {
    return undefined;
  }
}

export function uploadOf({ key, staged }: StoredObject): string {
  if (staged && 'upload_id' in staged) return staged.upload_id;
  throw new Error(`${key} was not staged as an upload`);
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

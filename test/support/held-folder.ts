import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { type Verification, type VerifyOptions, verify } from '../../functions/snapshot/verify/verify.ts';

/** A folder held in memory, so that it can be edited and verified hundreds of times. */
export class HeldStore extends FolderStore {
  readonly files = new Map<string, Buffer>();

  readonly #today: string;

  private constructor(place: string, today: string) {
    super(place);
    this.#today = today;
  }

  static async of(place: string, today: string): Promise<HeldStore> {
    const store = new HeldStore(place, today);
    for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) store.files.set(path.slice(place.length + 1), await readFile(path));
    }
    return store;
  }

  /** What `verify` reports while files have these bytes or are missing. */
  async verifiedWith(
    edits: { readonly [key: string]: Buffer | undefined },
    options: Partial<VerifyOptions> = {},
  ): Promise<Verification> {
    const before = Object.keys(edits).map((key) => [key, this.file(key)] as const);
    for (const [key, bytes] of Object.entries(edits)) {
      if (bytes) this.files.set(key, bytes);
      else this.files.delete(key);
    }
    const verification = await verify(this, { today: this.#today, ...options });
    for (const [key, bytes] of before) this.files.set(key, bytes);
    return verification;
  }

  file(key: string): Buffer {
    return this.files.get(key) ?? Buffer.from(`${key} isn't there`);
  }

  override async list(folder: string): Promise<string[]> {
    return [...this.files.keys()].filter((key) => key.startsWith(folder)).sort();
  }

  override async read(key: string): Promise<Buffer | undefined> {
    return this.files.get(key);
  }

  override async open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = this.files.get(key);
    return bytes && Readable.from([bytes]);
  }
}

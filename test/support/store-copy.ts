import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { clientOf, type S3Place } from './s3/place.ts';

/** Copies whole stores by other means than the product's: what a backup, `aws s3 sync` or `cp` copies. */

interface Copied {
  readonly bytes: Uint8Array;
  readonly metadata: { readonly [name: string]: string };
}
/** Every object or file of a store, by its key in the store. */
export type StoreContent = ReadonlyMap<string, Copied>;

/** Every object under a prefix. Unfinished uploads aren't objects. */
export async function bucketContent(place: S3Place, prefix: string): Promise<StoreContent> {
  const client = clientOf(place);
  const content = new Map<string, Copied>();
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: place.bucket, Prefix: `${prefix}/` },
  )) {
    for (const { Key = '' } of Contents) {
      const { Body, Metadata = {} } = await client.send(new GetObjectCommand({ Bucket: place.bucket, Key }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      content.set(Key.slice(prefix.length + 1), { bytes, metadata: Metadata });
    }
  }
  client.destroy();
  return content;
}

/** Every file of a folder, hidden ones included. */
export async function folderContent(folder: string): Promise<StoreContent> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(async (path) => {
    return [path.slice(folder.length + 1), { bytes: await readFile(path), metadata: {} }] as const;
  });
  return new Map(await Promise.all(files));
}

export async function writeBucket(place: S3Place, prefix: string, content: StoreContent): Promise<void> {
  const client = clientOf(place);
  for (const [key, { bytes, metadata }] of content) {
    const object = { Bucket: place.bucket, Key: `${prefix}/${key}`, Body: bytes, Metadata: metadata };
    await client.send(new PutObjectCommand(object));
  }
  client.destroy();
}

export async function writeFolder(folder: string, content: StoreContent): Promise<void> {
  for (const [key, { bytes }] of content) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), bytes);
  }
}

/** The copy of a tool that copies no metadata of objects. */
export const withoutMetadata = (content: StoreContent): StoreContent =>
  new Map([...content].map(([key, { bytes }]) => [key, { bytes, metadata: {} }] as const));

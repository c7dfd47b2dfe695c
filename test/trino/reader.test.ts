import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { beforeAll, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { resolved } from '../support/cdk/synthesis.ts';
import { clientOf } from '../support/s3/place.ts';
import { withStatements } from '../support/s3/role.ts';
import { PREFIX } from './setup.ts';

const DOCUMENT = z.object({
  Statement: z.array(z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) })),
});

let owner: S3Client;
/** Has the S3 permissions that the template grants to readers. */
let reader: S3Client;
let bucket: string;
beforeAll(async () => {
  const { place, deployment } = inject('deployed');
  const statements = deployment.resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
    .flatMap(
      ([, { Properties }]) => DOCUMENT.parse(resolved(Properties['PolicyDocument'], deployment.values)).Statement,
    )
    .filter(({ Action }) => [Action].flat().every((action) => action.startsWith('s3:')));
  expect(statements.length).toBe(3);
  bucket = place.bucket;
  owner = clientOf(place);
  reader = clientOf(await withStatements(place, statements));
});

async function keysBelow(client: S3Client, folder: string): Promise<string[]> {
  const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: `${PREFIX}/${folder}` });
  return ((await client.send(list)).Contents ?? []).map(({ Key = '' }) => Key);
}

const read = (client: S3Client, key: string) => client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
const DENIED = { name: 'AccessDenied' };

test.each(TABLES)('the query policy allows listing and reading the objects of the table $name', async ({ folder }) => {
  const keys = await keysBelow(reader, folder);
  expect(keys).toEqual(await keysBelow(owner, folder));
  expect(keys.length).toBeGreaterThan(50);
  for (const key of keys.slice(0, 3)) expect((await read(reader, key)).ContentLength).toBeGreaterThanOrEqual(0);
});

test.each(['raw/', 'commits/'])(
  'the query policy allows neither listing nor reading objects under %s',
  async (folder) => {
    const [key = ''] = await keysBelow(owner, folder);
    await expect(read(owner, key)).resolves.toBeDefined();
    await expect(read(reader, key)).rejects.toMatchObject(DENIED);
    await expect(keysBelow(reader, folder)).rejects.toMatchObject(DENIED);
  },
);

test('the query policy allows neither listing the whole store nor writing to it', async () => {
  await expect(keysBelow(reader, '')).rejects.toMatchObject(DENIED);
  const [key = ''] = await keysBelow(reader, 'users/json/');
  const write = new PutObjectCommand({ Bucket: bucket, Key: key, Body: '' });
  await expect(reader.send(write)).rejects.toMatchObject(DENIED);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AnodotServer, answer, type Reply, serveAnodot } from '../../../../../support/anodot/server.ts';
import { newDouble } from '../../../../../support/s3/bucket-calls.ts';
import type { S3Call, S3DoubleOptions } from '../../../../../support/s3/double.ts';
import { storeAt } from '../../../../../support/s3/place.ts';
import { takeOutcome } from '../../../../../support/take.ts';

/** A run in a bucket whose policy lets it neither read raw responses nor replace a commit. */

const DENIED = { status: 403, code: 'AccessDenied' };
const READS: readonly S3Call['operation'][] = ['GetObject', 'HeadObject', 'ListParts'];
const policy: S3DoubleOptions['fault'] = ({ operation, key, ifNoneMatch }) => {
  if (READS.includes(operation) && key.startsWith('raw/')) return DENIED;
  if (key.startsWith('commits/') && !READS.includes(operation) && !ifNoneMatch) return DENIED;
  return undefined;
};

let reply: Reply = answer([]);
let anodot: AnodotServer;
beforeAll(async () => {
  anodot = await serveAnodot({ users: (...of) => reply(...of) });
});
afterAll(() => anodot.close());

test.each([
  ['publishes, twice', [{ _id: 'a', roles: [] }], ['published', 'published']],
  ['refuses an empty account and keeps the response', [], ['refused', 'refused']],
  ['keeps a response that is not a list', { no: 'list' }, ['failed', 'failed']],
])('a run with this policy %s', async (_, users, statuses) => {
  reply = answer(users);
  for (const replay of ['same', 'gone'] as const) {
    const double = await newDouble({ replay, fault: policy });
    const documents = [];
    for (let time = 0; time < 2; time++)
      documents.push((await takeOutcome({ url: anodot.url, store: storeAt(double) })).document);
    expect(documents.map(({ status, message }) => [status, /AccessDenied/.test(`${message}`)])).toEqual(
      statuses.map((status) => [status, false]),
    );
    for (const { raw_key } of documents) expect(double.objects.has(`${raw_key}`)).toBe(true);
    const onRaw = double.calls.filter(({ key }) => key.startsWith('raw/')).map(({ operation }) => operation);
    expect(new Set(onRaw)).toEqual(new Set(['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload']));
  }
});

test('a run that loses the response to a completed upload of a raw response does not read it either', async () => {
  reply = answer([{ _id: 'a', roles: [] }]);
  const lost = new Set<string>();
  const double = await newDouble({
    replay: 'gone',
    fault: (call) => {
      const isFirst = call.operation === 'CompleteMultipartUpload' && !lost.has(call.key);
      if (isFirst) lost.add(call.key);
      return isFirst ? 'answer lost' : policy(call);
    },
  });
  const { document } = await takeOutcome({ url: anodot.url, store: storeAt(double) });
  expect(document).toMatchObject({ status: 'published', raw_key: expect.stringMatching(/^raw\//) });
  expect(double.objects.has(`${document.raw_key}`)).toBe(true);
});

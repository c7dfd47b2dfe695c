import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnodotSource } from '../../../../../functions/snapshot/anodot/source.ts';
import { GROUPS_ORIGIN, ORIGIN, type Origin, secretVersionOf } from '../../../../../functions/snapshot/origin.ts';
import { type AnodotServer, answer, type Reply, serveAnodot, TOKEN } from '../../../../support/anodot/server.ts';
import { sha256 } from '../../../../support/stored-commits.ts';
import { deadlineIn } from '../../../../support/take.ts';

/** Bytes and hash in the manifest are those of the decompressed body, however it arrives. */

const CODINGS: { readonly [name: string]: (body: Buffer) => Buffer } = {
  identity: (body) => body,
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body),
  zstd: (body) => zstdCompressSync(body),
};

let reply: Reply;
let groupsReply: Reply;
let server: AnodotServer;
beforeAll(async () => {
  server = await serveAnodot({
    users: (...call) => reply(...call),
    groups: (...call) => groupsReply(...call),
  });
});
afterAll(() => server.close());

const newSource = () =>
  new AnodotSource(
    { url: server.url, readToken: async () => ({ text: TOKEN }), tokenName: 'TOKEN', now: () => new Date() },
    { firstPause: 1 },
  );

async function originOfUsers(keep?: (bytes: Uint8Array) => Promise<void>): Promise<Origin> {
  const response = await newSource().openUsers(deadlineIn(30_000));
  for await (const _ of response.batches(keep));
  return response.origin();
}

/** Sends the body in pieces. A piece of its own chunk is written before the next one is. */
const inPieces =
  (body: Buffer, cuts: readonly number[], coding: string): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
    const ends = [...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length];
    const send = (start: number, [end, ...rest]: readonly number[]): void => {
      if (end === undefined) response.end();
      else response.write(body.subarray(start, end), () => send(end, rest));
    };
    send(0, ends);
  };

const user = fc.record({
  _id: fc.uuid(),
  firstName: fc.string({ unit: 'binary', maxLength: 50 }),
  more: fc.jsonValue({ maxDepth: 2 }),
});
const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 5 });
const bodies = fc
  .tuple(fc.boolean(), space, fc.uniqueArray(user, { selector: ({ _id }) => _id, maxLength: 40 }), space)
  .map(([mark, before, users, after]) =>
    Buffer.from(`${mark ? '\ufeff' : ''}${before}${JSON.stringify(users, null, before.length)}${after}`),
  );

test('bytes and SHA-256 are those of the body that was served, whatever its chunks and its encoding', async () => {
  await fc.assert(
    fc.asyncProperty(
      bodies,
      fc.constantFrom(...Object.entries(CODINGS)),
      fc.array(fc.nat(), { maxLength: 5 }),
      fc.boolean(),
      async (body, [coding, encode], cuts, isKept) => {
        reply = inPieces(encode(body), cuts, coding);
        const kept: Uint8Array[] = [];
        const { response } = await originOfUsers(isKept ? async (bytes) => void kept.push(bytes) : undefined);
        expect(response).toMatchObject({ status: 200, bytes: body.byteLength, sha256: sha256(body) });
        if (isKept) expect(Buffer.concat(kept).equals(body)).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

test('a response that was not read to its end has no bytes and no hash to record', async () => {
  reply = answer([{ _id: 'a' }]);
  const response = await newSource().openUsers(deadlineIn(30_000));
  expect(() => response.origin()).toThrow('has not been read to its end');
  await response.cancel();
});

const NO_DATES = ['', 'yesterday', '2026-11-23T02:15:00Z', 'Mon, 45 Nov 2026 02:15:00 GMT', '1', 'ada@example.com'];

test.each(NO_DATES)('a Date header %j is recorded as null', async (date) => {
  reply = answer([], 200, { date });
  expect((await originOfUsers()).response.date).toBeNull();
});

test('whatever the Date header says, the record is valid and holds no other text', async () => {
  const dates = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'MonNvGT:, 0123456789-'), maxLength: 40 }),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  await fc.assert(
    fc.asyncProperty(dates, fc.constantFrom(200, 403), async (date, status) => {
      groupsReply = answer([], status, { date });
      const response = await newSource().openGroups(deadlineIn(30_000));
      if (!('denied' in response)) for await (const _ of response.batches());
      const origin = 'denied' in response ? response.denied : response.origin();
      expect(GROUPS_ORIGIN.parse(origin)).toEqual(origin);
      expect(origin.response.status).toBe(status);
      if (origin.response.date !== null) expect(new Date(origin.response.date).toUTCString()).toBe(date.trim());
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['a UUID', '1c2f7c6e-5a0d-4f0e-9d6a-0b8f1f2a3c4d'],
  ["Terraform's", 'terraform-20260102030405678900000001'],
])('a secret version that is %s is recorded', (_, version) => {
  expect(secretVersionOf(version)).toBe(version);
  expect(ORIGIN.shape.token.safeParse({ kind: 'refresh', secret_version: version }).success).toBe(true);
});

test.each([
  undefined,
  '',
  'AWSCURRENT',
  'a'.repeat(31),
  'a'.repeat(65),
  'ada.byron@example.com-0123456789',
  `${'a'.repeat(32)}\n`,
])('a secret version %j is recorded as null', (version) => {
  expect(secretVersionOf(version)).toBeNull();
});

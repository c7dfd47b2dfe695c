import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  type ZstdOptions,
  zstdCompressSync,
} from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OperatorError, SourceContractError } from '../../../../../functions/snapshot/errors.ts';
import { type AnodotServer, answer, type Reply, serveAnodot } from '../../../../support/anodot/server.ts';
import { sourceAt, usersBytes } from '../../../../support/anodot/source-at.ts';

/** A body arrives unchanged under each content coding, and damaged data is an error. */

type Encode = (body: Buffer) => Buffer;
const WITH_CHECKSUM: ZstdOptions = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const CHECKED: readonly (readonly [coding: string, encode: Encode])[] = [
  ['gzip', (body) => gzipSync(body)],
  ['gzip', (body) => Buffer.concat([gzipSync(body.subarray(0, 40)), gzipSync(body.subarray(40))])],
  ['deflate', (body) => deflateSync(body)],
  ['zstd', (body) => zstdCompressSync(body, WITH_CHECKSUM)],
];
const CODINGS: typeof CHECKED = [
  ...CHECKED,
  ['x-gzip', (body) => gzipSync(body)],
  ['GZip', (body) => gzipSync(body)],
  ['deflate', (body) => deflateRawSync(body)],
  ['br', (body) => brotliCompressSync(body)],
];

let reply: Reply;
let server: AnodotServer;
beforeAll(async () => {
  server = await serveAnodot({ users: (...call) => reply(...call) });
});
afterAll(() => server.close());

const newBody = fc
  .uniqueArray(fc.record({ _id: fc.uuid(), firstName: fc.string({ unit: 'binary' }) }), {
    selector: ({ _id }) => _id,
    minLength: 1,
    maxLength: 30,
  })
  .map((users) => Buffer.from(JSON.stringify(users)));

/** Writes each piece after the one before it was sent. */
const inPieces =
  (body: Buffer, cuts: readonly number[], coding: string): Reply =>
  (response) => {
    response.writeHead(200, { 'content-encoding': coding });
    const ends = [...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length];
    const send = (start: number, [end, ...rest]: readonly number[]): void => {
      if (end === undefined) response.end();
      else response.write(body.subarray(start, end), () => send(end, rest));
    };
    send(0, ends);
  };

test('a body arrives unchanged, however it is cut, under any stack of content codings', async () => {
  await fc.assert(
    fc.asyncProperty(
      newBody,
      fc.array(fc.constantFrom(...CODINGS), { maxLength: 4 }),
      fc.array(fc.nat(), { maxLength: 4 }),
      async (body, codings, cuts) => {
        const encoded = codings.reduce<Buffer>((bytes, [, encode]) => encode(bytes), body);
        reply = inPieces(encoded, cuts, codings.map(([coding]) => coding).join(', '));
        expect(await usersBytes(sourceAt(server.url))).toEqual(body);
      },
    ),
    { numRuns: 150 },
  );
});

test('a damaged byte or a missing end of compressed data never changes a body that a run accepts', async () => {
  await fc.assert(
    fc.asyncProperty(
      newBody,
      fc.array(fc.constantFrom(...CHECKED), { minLength: 1, maxLength: 2 }),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      async (body, codings, place, damage) => {
        const encoded = codings.reduce<Buffer>((bytes, [, encode]) => encode(bytes), body);
        const at = place % encoded.length;
        const damaged = damage === 0 ? encoded.subarray(0, at) : Buffer.from(encoded);
        if (damage > 0) damaged.writeUInt8(damaged.readUInt8(at) ^ damage, at);
        reply = inPieces(damaged, [], codings.map(([coding]) => coding).join(', '));
        const received = await usersBytes(sourceAt(server.url)).catch((error: unknown) => error);
        if (received instanceof Buffer) expect(received).toEqual(body);
        else expect(received).toBeInstanceOf(OperatorError);
      },
    ),
    { numRuns: 300 },
  );
});

test.for([
  ['unknown', 'x-zqxj'],
  ['unknown, with a known one', 'gzip, x-zqxj'],
  ['one of too many', 'gzip, gzip, gzip, gzip, gzip, gzip'],
] as const)('a body whose coding is %s is not decoded, and violates the contract', async ([, coding]) => {
  reply = answer(gzipSync('[]'), 200, { 'content-encoding': coding });
  await expect(usersBytes(sourceAt(server.url))).rejects.toThrow(SourceContractError);
});

test('an empty body with a content coding violates the contract', async () => {
  for (const coding of ['gzip', 'deflate', 'br', 'zstd', 'deflate, gzip']) {
    reply = answer('', 200, { 'content-encoding': coding });
    await expect(usersBytes(sourceAt(server.url))).rejects.toThrow(SourceContractError);
  }
});

test('small compressed data that unpacks to more than the limit is read no further', async () => {
  const bomb = gzipSync(Buffer.alloc(100_000_000, ' '));
  reply = answer(bomb, 200, { 'content-encoding': 'gzip' });
  await expect(usersBytes(sourceAt(server.url, { maxBytes: 1_000_000 }))).rejects.toThrow('more than 1000000 bytes');
});

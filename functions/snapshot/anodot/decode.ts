import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib';

/** The most codings of a response. Each takes memory, and no honest server applies more. */
const MAX_CODINGS = 5;

/** Chunks as large as those of a body that isn't compressed, instead of 16 KB: each is parsed and kept for itself. */
const OPTIONS = { chunkSize: 64 * 1024 };

type NewDecoder = (source: Readable) => Transform | Promise<Transform | undefined>;

const DECODERS: ReadonlyMap<string, NewDecoder> = new Map<string, NewDecoder>([
  ['gzip', () => createGunzip(OPTIONS)],
  ['x-gzip', () => createGunzip(OPTIONS)],
  ['deflate', newInflate],
  ['br', () => createBrotliDecompress(OPTIONS)],
  ['zstd', () => createZstdDecompress(OPTIONS)],
]);

/**
 * The bytes of a body without its content codings. Damaged and truncated data make the stream fail with an error code of zlib, Brotli or
 * Zstandard. A body in an unknown coding stays as it is.
 * @param codings the header Content-Encoding, which lists them in the order in which they were applied
 */
export async function decoded(body: Readable, codings: string | null): Promise<Readable> {
  const names = codings === null ? [] : codings.toLowerCase().split(',');
  const decoders = names.map((name) => DECODERS.get(name.trim())).filter((decoder) => decoder !== undefined);
  if (decoders.length < names.length || names.length > MAX_CODINGS) return body;
  let stream = body;
  for (const newDecoder of decoders.toReversed()) {
    const decoder = await newDecoder(stream);
    if (!decoder) continue;
    // The last stream keeps the first error for its reader, who may come later. Until then nobody else would handle it. When the reader
    // stops early, `pipeline` closes the connection.
    decoder.on('error', () => undefined);
    pipeline(stream, decoder, () => undefined);
    stream = decoder;
  }
  return stream;
}

/**
 * `deflate` is zlib's format, but some servers send deflated data without its header, as browsers accept.
 * @returns undefined if the source has ended or failed without data. A stream that has ended would never end a decoder
 */
async function newInflate(source: Readable): Promise<Transform | undefined> {
  while (source.readable) {
    const first: Buffer | null = source.read(1);
    if (first) {
      source.unshift(first);
      return (first.readUInt8() & 15) === 8 ? createInflate(OPTIONS) : createInflateRaw(OPTIONS);
    }
    await new Promise((resolve) => {
      for (const event of ['readable', 'end', 'close']) source.once(event, resolve);
    });
  }
  return undefined;
}

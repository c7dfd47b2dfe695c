/** Reads no more of an object than can be expected, since anyone may have written it. */

/** Stops once there is one byte more than `most`. Without that byte, an object that is too large would look complete. */
export async function firstBytes(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    kept.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > most) break;
  }
  return Buffer.concat(kept, Math.min(bytes, most + 1));
}

/** Lets a stream read a store's chunks ahead, although a store reuses their memory. */
export async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

import { AnodotSource, type AnodotSourceLimits } from '../../../functions/snapshot/anodot/source.ts';
import type { Deadline } from '../../../functions/snapshot/deadline.ts';
import type { OnRequest } from '../../../functions/snapshot/request-event.ts';
import { deadlineIn } from '../take.ts';
import { TOKEN } from './server.ts';

/** The account at a URL, as a run reads it, with short pauses. */
export const sourceAt = (
  url: string,
  { onRequest, ...limits }: Partial<AnodotSourceLimits> & { readonly onRequest?: OnRequest } = {},
) =>
  new AnodotSource(
    { url, readToken: async () => ({ text: TOKEN }), tokenName: 'TOKEN', now: () => new Date(), onRequest },
    { firstPause: 1, ...limits },
  );

/** The bytes of the users response as a run would keep them under raw/. @throws what the run would report */
export async function usersBytes(source: AnodotSource, deadline: Deadline = deadlineIn(30_000)): Promise<Buffer> {
  const response = await source.openUsers(deadline);
  const kept: Uint8Array[] = [];
  for await (const _ of response.batches(async (bytes) => void kept.push(Buffer.from(bytes))));
  return Buffer.concat(kept);
}

/**
 * Takes a snapshot of each response with the program of a checkout: `node take-responses.ts CHECKOUT STORE PLAN`. Times and ids are
 * fixed. Prints how each run ended.
 */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { Run } from '../../../functions/snapshot/run.ts';
import { answer, type Reply, serveAnodot } from '../../support/anodot/server.ts';

export const PLAN = z.array(z.object({ at: z.string(), users: z.string(), groups: z.unknown().optional() }));
const [checkout = '', folder = '', plan = ''] = process.argv.slice(2);

/** A module of the checkout. Its types are those of this one. */
const load = (path: string) => import(pathToFileURL(join(checkout, path)).href);
const { takeOutcome }: typeof import('../../support/take.ts') = await load('test/support/take.ts');
const { FolderStore }: typeof import('../../../functions/snapshot/store/folder/folder-store.ts') = await load(
  'functions/snapshot/store/folder/folder-store.ts',
);

const fileAt =
  (path: string, date: string): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', date });
    pipeline(createReadStream(path), response).catch(() => undefined); // the client may refuse the rest
  };

const store = new FolderStore(folder);
for (const [n, { at, users, groups }] of PLAN.parse(JSON.parse(readFileSync(plan, 'utf8'))).entries()) {
  const startedAt = new Date(at);
  const date = startedAt.toUTCString();
  const server = await serveAnodot({
    users: fileAt(users, date),
    groups: groups ? answer(groups, 200, { date }) : answer('', 403, { date }),
  });
  let executions = 0;
  const run: Partial<Run> = {
    startedAt,
    now: () => startedAt,
    runId: `${at.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${n.toString(16).padStart(8, '0')}`,
    newExecution: () => (++executions + 256 * n).toString(16).padStart(8, '0'),
    sourceName: 'https://account.example.com',
    // The run document says when the run would end at the latest.
    deadline: { signal: new AbortController().signal, remaining: () => 600_000 },
  };
  const outcome = await takeOutcome({ url: server.url, store, run });
  await server.close();
  const { status, code, message } = outcome.document;
  process.stdout.write(`${JSON.stringify({ n, status, code, message }).replaceAll(server.url, 'URL')}\n`);
}

import { readFileSync } from 'node:fs';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { groups } from './many-users.ts';

/**
 * Serves an account whose users are the bytes of a file, and prints its URL: `node serve-file.ts FILE`. The bytes are read before, so
 * that a measured client waits for little besides itself.
 */
const users = readFileSync(process.argv[2] ?? '');
const { url } = await serveAnodot({
  users: (response) => {
    response.sendDate = false; // the benchmark's days are not all today
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': users.byteLength }).end(users);
  },
  groups: answer(groups),
});
process.stdout.write(`${url}\n`);

import { serveAnodot } from '../support/anodot/server.ts';
import { manyUsers } from './many-users.ts';

/** Serves an account with as many users as its argument says, and prints its URL. */
const { url } = await serveAnodot({ users: manyUsers(Number(process.argv[2])) });
process.stdout.write(`${url}\n`);

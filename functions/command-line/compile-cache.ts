/** Keeps compiled code in the user's cache folder: without it, most of a command's time goes into compiling TypeScript. */
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { COMMAND_NAME } from './called-as.ts';

const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
const base = XDG_CACHE_HOME || LOCALAPPDATA || HOME || '';

// Never the default, which other users of the machine can write to. If the folder can't be written, nothing is cached.
if (existsSync(base)) enableCompileCache(join(base, base === HOME ? '.cache' : '', COMMAND_NAME));

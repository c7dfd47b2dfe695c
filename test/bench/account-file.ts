/** Large accounts as files, written once, so that no client waits while its response is generated. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { jsonOf } from './many-users.ts';

/** Writes a response of Anodot with `count` users. */
export const writeAccount = (file: string, count: number, userOf: (n: number) => unknown): Promise<void> =>
  pipeline(Readable.from(jsonOf(count, userOf)), createWriteStream(file));

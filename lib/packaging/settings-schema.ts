import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { settingsSchema } from '../settings/json-schema.ts';

/** Writes docs/settings.schema.json from the rules of the settings, formatted as Biome formats this project: `npm run schema:settings`. */
const top = join(import.meta.dirname, '../..');
const file = join(top, 'docs/settings.schema.json');
writeFileSync(file, JSON.stringify(settingsSchema()));
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
execFileSync(process.execPath, [biome, 'format', '--write', file], {
  cwd: top,
  stdio: ['ignore', 'ignore', 'inherit'],
});

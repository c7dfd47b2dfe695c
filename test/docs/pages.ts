/** The pages for the product's users and contributors. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './page.ts';

const markdownIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

export const PAGES: readonly string[] = [...markdownIn('.'), ...markdownIn('docs')];

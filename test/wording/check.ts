/**
 * Fails if prose of the project holds a word that the glossary advises against, and names the place and what to write instead.
 * `node test/wording/check.ts [path…]` reads only files under these paths.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, ROOT } from './files.ts';
import { find } from './find.ts';
import { EXCEPTIONS } from './glossary.ts';

/** The glossary and its test quote what it forbids; the table of faults quotes titles and messages that are checked where they are written. */
const QUOTES = ['test/wording/glossary.ts', 'test/wording/wording.test.ts', 'test/faults/README.md'];

const paths = process.argv.slice(2);
const used = new Set<object>();
let count = 0;
for (const file of projectFiles(...paths).filter((name) => !QUOTES.includes(name))) {
  const { findings, used: here } = find(file, readFileSync(join(ROOT, file), 'utf8'));
  for (const exception of here) used.add(exception);
  for (const { line, found, instead } of findings) console.log(`${file}:${line}: "${found}": write ${instead}`);
  count += findings.length;
}
const idle = paths.length === 0 ? EXCEPTIONS.filter((exception) => !used.has(exception)) : [];
for (const { file, phrase } of idle) console.log(`${file}: no longer needs the exception "${phrase}"`);
if (count + idle.length > 0) process.exitCode = 1;
console.log(`${count} words to replace, ${idle.length} exceptions to delete`);

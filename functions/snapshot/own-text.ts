/** Reads the text files that are stored beside the modules that use them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The text of a file beside a module. The bundled command has no such files: `lib/packaging/bundle-command.ts` replaces this module with
 * one that holds the texts, by name.
 * @param folder the module's `import.meta.dirname`
 */
export const ownText = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

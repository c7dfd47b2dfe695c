import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives the test run one temporary folder for all tests' folders and Node.js's compile cache, and removes it at the end. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'anodot-user-snapshots-'));
  process.env['TMPDIR'] = folder;
  // Tests start the command line hundreds of times. Only the first start compiles it.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  return () => rmSync(folder, { recursive: true, force: true });
}

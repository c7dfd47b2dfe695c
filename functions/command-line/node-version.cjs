/**
 * Ends with one sentence if this Node.js is too old to run the command line. Loaded first, and written for any Node.js, because an old
 * one can't read TypeScript.
 */
'use strict';

/** As in package.json. */
const REQUIRED = [24, 12];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
  process.stderr.write(
    `anodot-user-snapshots requires Node.js ${REQUIRED.join('.')} or later. This is ${process.versions.node}.\n`,
  );
  process.exit(2);
}

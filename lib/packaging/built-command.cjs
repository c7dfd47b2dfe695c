/** The command as one file, as `npm start` last built it, and whether it still is what its sources would build. */
'use strict';

const { readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

const TOP = join(__dirname, '../..');
exports.FILE = join(TOP, 'dist/start/main.cjs');
/** JSON: the `identity` of FILE, and the `states` of everything that it was built from, by path. */
exports.RECORD = join(TOP, 'dist/start/built.json');

const statOf = (path) => statSync(path, { bigint: true, throwIfNoEntry: false });

/**
 * The state of a file, relative to the project's folder. No change keeps it: an edit or checkout sets the time of the last change (ctime),
 * which no program can set back, and a file that replaces another has its own inode number. Hashes would read every file at each start.
 */
exports.stateOf = (path) => {
  const stat = statOf(`${TOP}/${path}`); // join() would take as long as the call, and each start looks at hundreds of files
  return stat ? `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}` : 'none';
};

/** Which file this is: the same before and after it is renamed, which sets its ctime. */
exports.identityOf = (path) => {
  const stat = statOf(path);
  return stat ? [stat.size, stat.mtimeNs, stat.ino].join(' ') : 'none';
};

/** Whether FILE is complete, and nothing that it was built from has changed. */
exports.isFresh = () => {
  try {
    const { identity, states } = JSON.parse(readFileSync(exports.RECORD, 'utf8'));
    if (identity !== exports.identityOf(exports.FILE)) return false;
    return Object.entries(states).every(([path, state]) => state === exports.stateOf(path));
  } catch {
    return false; // never built, or the record is damaged
  }
};

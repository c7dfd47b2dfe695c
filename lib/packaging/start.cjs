/**
 * What `npm start` runs: the command as one file, built first if its sources have changed. If it can't be built or loaded, as in a folder
 * that can't be written or without esbuild, the sources run, with the same result. Plain JavaScript with few modules, because every start
 * waits for it.
 */
'use strict';

require('../../functions/command-line/signals.cjs');
require('../../functions/command-line/compile-cache.cjs');
const { accessSync, constants, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');
const { FILE, isFresh } = require('./built-command.cjs');

/** Node.js ends with this code if an ES module as entry waits for something that can no longer happen, but not if it is imported here. */
const UNSETTLED = 13;

/** Loading ends before any of the command runs, so whatever fails is not done twice. */
function load() {
  try {
    require(FILE);
    return true;
  } catch {
    return false; // another start has just replaced it, or this user may not read it
  }
}

async function buildAndLoad() {
  process.exitCode = UNSETTLED; // unless the command ends the process
  try {
    mkdirSync(dirname(FILE), { recursive: true });
    accessSync(dirname(FILE), constants.W_OK); // before the bundler is loaded in vain
    const { buildAtStart } = await import('./build-at-start.ts');
    if ((await buildAtStart()) && load()) return;
  } catch {
    // The sources report what is wrong with them. Anything else doesn't concern the command.
  }
  await import('../../functions/command-line/main.ts');
}

if (!(isFresh() && load())) buildAndLoad();

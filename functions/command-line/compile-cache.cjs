/**
 * Keeps compiled code in the user's cache folder: without it, most of a command's time goes into compiling. Plain JavaScript, because it
 * runs before everything that it keeps.
 */
'use strict';

const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
const base = XDG_CACHE_HOME || LOCALAPPDATA || HOME || '';

// Never the default, which other users of the machine can write to. If the folder can't be written, nothing is cached.
if (existsSync(base)) enableCompileCache(join(base, base === HOME ? '.cache' : '', 'anodot-user-snapshots'));

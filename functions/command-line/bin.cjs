#!/usr/bin/env node
/**
 * The installed package's command: the command line as one file, with the same slowly growing heap as under `npm start`. `npm run build`
 * puts that file beside this one.
 */
'use strict';

require('./node-version.cjs');
require('./signals.cjs');
require('node:v8').setFlagsFromString('--heap-growing-percent=20');
require('./compile-cache.cjs');
require('./main.cjs');

#!/usr/bin/env node
/** The installed package's command: the command line, with the same slowly growing heap as under `npm start`. */
import './node-version.cjs';
import './signals.cjs';
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--heap-growing-percent=20');
await import('./main.ts');

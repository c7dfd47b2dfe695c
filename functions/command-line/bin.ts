#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

// The package's own command. The heap grows slowly, as under `npm start`: large accounts pass through it in small pieces.
setFlagsFromString('--heap-growing-percent=20');
await import('./main.ts');

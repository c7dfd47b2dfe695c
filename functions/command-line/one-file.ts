/** The command line's entry as one file, which CommonJS loads. `npm start` and the package run it. */
import { runToEnd } from './process.ts';

/** Node.js ends with this code if a module waits for something that can no longer happen. It says so only of ES modules. */
const UNSETTLED = 13;

process.exitCode = UNSETTLED; // unless runToEnd ends the process
void runToEnd();

/**
 * Catches the signals that stop a process from the moment it is loaded, and keeps them until somebody listens: while the command line
 * still loads, they would kill it without a message. Loaded before everything else, and plain JavaScript, which is executed at once.
 */
'use strict';

/** The exit codes, as shells have them: 128 plus the signal's number. SIGHUP: the terminal was closed. */
exports.CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const early = [];
let listener = (name) => early.push(name);
for (const name of Object.keys(exports.CODES)) process.on(name, () => listener(name));

/** Calls the listener for each signal, those included that came before. The handlers stay for the life of the process. */
exports.onSignal = (called) => {
  listener = called;
  early.splice(0).forEach(called);
};

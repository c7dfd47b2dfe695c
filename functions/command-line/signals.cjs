/**
 * Catches the signals that stop a process, and keeps them until the command line listens. Otherwise a signal during loading would kill
 * the process without a message. Loaded first, and written in plain JavaScript so that it runs at once.
 */
'use strict';

/** The exit codes that shells use: 128 plus the signal's number. SIGHUP means that the terminal was closed. */
exports.CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const early = [];
let listener = (name) => early.push(name);
for (const name of Object.keys(exports.CODES)) process.on(name, () => listener(name));

/** Calls the listener for each signal, earlier ones included. The handlers stay until the process ends. */
exports.onSignal = (called) => {
  listener = called;
  early.splice(0).forEach(called);
};

/**
 * Settings of V8's heap for a process that receives users. Import it for its effect.
 *
 * V8 notes which objects outlive a collection, and then makes their like where only a full collection finds them. Users are needed until
 * their batch is written, so a few outlive one collection, but none outlives two. Without this guess, 300,000 users take a fifth less
 * processor time in a command, and a fifth less memory in the function.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--no-allocation-site-pretenuring');

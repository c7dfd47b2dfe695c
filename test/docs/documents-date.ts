/** Loaded before the command line: its clock stands still at the moment at which the documents' examples were run. */
import { install } from '@sinonjs/fake-timers';
import { NOW } from './now.ts';

install({ now: Date.parse(NOW), toFake: ['Date'] });

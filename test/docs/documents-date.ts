/** Loaded before the command line. Stops its clock at the time when the documents' examples run. */
import { install } from '@sinonjs/fake-timers';
import { NOW } from './now.ts';

install({ now: Date.parse(NOW), toFake: ['Date'] });

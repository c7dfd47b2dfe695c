import { ALARM_FAULTS } from './alarm-faults.ts';
import { COMMIT_FAULTS } from './commit-faults.ts';
import type { Fault } from './fault.ts';
import { ORDER_FAULTS } from './order-faults.ts';
import { SIGNING_FAULTS } from './signing-faults.ts';
import { TOGETHER_FAULTS } from './together-faults.ts';

/** All deliberate faults: each shows that a part of the protocol is needed, and that the simulation notices when it is missing. */
export const FAULTS: readonly Fault[] = [
  ...COMMIT_FAULTS,
  ...ORDER_FAULTS,
  ...TOGETHER_FAULTS,
  ...ALARM_FAULTS,
  ...SIGNING_FAULTS,
];

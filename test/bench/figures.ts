/** All figures, in the order of the table. One file each, in `figures/`. */
import type { Figure } from './figure.ts';
import { accountSizes } from './figures/account-sizes.ts';
import { calls } from './figures/calls.ts';
import { command } from './figures/command.ts';
import { days } from './figures/days.ts';
import { deep } from './figures/deep.ts';
import { handler } from './figures/handler.ts';
import { memory } from './figures/memory.ts';
import { review } from './figures/review.ts';
import { status } from './figures/status.ts';
import { unusual } from './figures/unusual.ts';

export const FIGURES: readonly Figure[] = [
  command,
  handler,
  calls,
  accountSizes,
  days,
  unusual,
  memory,
  status,
  deep,
  review,
];

import * as errors from '../../functions/snapshot/errors.ts';
import { takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';

/** The code that is checked: the product's, or a copy with a fault in it. */
export interface Product {
  readonly takeSnapshot: typeof takeSnapshot;
  readonly verify: typeof verify;
  readonly errors: Pick<typeof errors, 'OperatorError' | 'StoreError' | 'SupersededError'>;
}

export const PRODUCT: Product = { takeSnapshot, verify, errors };

/** Picks the changes that grant or revoke the administrator role. Loads nothing, so that commands start fast. */
import type { Change } from './change.ts';

export const isOfAdministrator = ({ change }: Pick<Change, 'change'>): boolean =>
  change === 'admin_granted' || change === 'admin_revoked';

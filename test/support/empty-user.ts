import type { User } from '../../functions/snapshot/user.ts';

/** A user with nothing but an id. */
export const EMPTY_USER: User = {
  id: 'a',
  created_at: null,
  first_name: null,
  last_name: null,
  email: null,
  roles: null,
  disabled: null,
  owner_organization: null,
  groups: [],
  default_group: null,
  last_active: null,
  extra_json: null,
};

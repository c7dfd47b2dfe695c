/** Four users and their rows, for tests that follow them from day to day. */

export const ada = {
  _id: 'a00000000000000000000001',
  createdAt: '2026-01-05T09:00:00.000Z',
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  roles: ['customer-user', 'customer-admin'],
  disabled: false,
  ownerOrganization: '5ffc5ca1c4b329000e9d1063',
  groups: ['600000000000000000000001'],
  defaultGroup: '600000000000000000000001',
  lastActive: '2026-11-20T10:00:00.000Z',
};

export const ben = {
  ...ada,
  _id: 'a00000000000000000000002',
  firstName: 'Ben',
  lastName: 'Ode',
  email: 'ben@example.com',
  roles: ['customer-user'],
};

export const cleo = {
  ...ben,
  _id: 'a00000000000000000000003',
  firstName: 'Cleo',
  lastName: 'Pim',
  email: 'cleo@example.com',
  groups: [],
  defaultGroup: '',
};

export const dan = {
  ...cleo,
  _id: 'a00000000000000000000004',
  firstName: 'Dan',
  lastName: 'Quist',
  email: 'dan@example.com',
};

export const all = [ada, ben, cleo, dan];

/** Rows as the snapshot has them, for `joined` and `left`. */
export const ROWS = {
  ada: '{"id":"a00000000000000000000001","created_at":"2026-01-05T09:00:00.000Z","first_name":"Ada","last_name":"Byron","email":"ada@example.com","roles":["customer-admin","customer-user"],"disabled":false,"owner_organization":"5ffc5ca1c4b329000e9d1063","groups":["600000000000000000000001"],"default_group":"600000000000000000000001","last_active":"2026-11-20T10:00:00.000Z","extra_json":null}',
  dan: '{"id":"a00000000000000000000004","created_at":"2026-01-05T09:00:00.000Z","first_name":"Dan","last_name":"Quist","email":"dan@example.com","roles":["customer-user"],"disabled":false,"owner_organization":"5ffc5ca1c4b329000e9d1063","groups":[],"default_group":null,"last_active":"2026-11-20T10:00:00.000Z","extra_json":null}',
} as const;

export const NONE = {
  joined: 0,
  left: 0,
  disabled: 0,
  enabled: 0,
  admin_granted: 0,
  admin_revoked: 0,
  role_added: 0,
  role_removed: 0,
  group_added: 0,
  group_removed: 0,
  default_group_changed: 0,
  email_changed: 0,
  name_changed: 0,
};

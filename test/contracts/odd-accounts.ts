import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const user = (id: string, more: object = {}) => ({
  _id: id,
  createdAt: '2024-05-06T07:08:09.123Z',
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: `${id}@example.com`,
  roles: ['customer-user'],
  disabled: false,
  ownerOrganization: '5ffc5ca1c4b329000e9d1063',
  groups: ['g1'],
  defaultGroup: 'g1',
  lastActive: '2026-11-20T10:11:12.131Z',
  ...more,
});

async function seedAccount(): Promise<readonly [Buffer, Buffer]> {
  const response = await readFile(join(import.meta.dirname, '../seed/users-response.json'));
  return [response, response];
}

function misspeltAccount(): readonly [string, string] {
  const { _id, createdAt, firstName, ...rest } = user('000000000000000000000001');
  const misspelt = { id: _id, createAt: createdAt, firtName: firstName, ...rest };
  const unknown = `{"_id": "000000000000000000000002", "zebra": 12345678901234567890, "nested": {"price": 1.10, "list": [1e400, "x"]}, "__proto__": {"a": 1}, "createdAt": "2024-05-06T09:08:09+02:00", "roles": ["auditor", "customer-admin"], "groups": [], "disabled": true}`;
  const first = `\ufeff [ ${JSON.stringify(misspelt)} , ${unknown}, ${unknown} ]\n`;
  return [first, first.replaceAll('"zebra": 12345678901234567890', '"zebra": 12345678901234567891')];
}

function hostileAccount(): readonly [string, string] {
  const users = [
    user('a1', { firstName: '=HYPERLINK("http://example.com")', lastName: 'line\r\nbreak\u0000\u2028end' }),
    user('a2', { firstName: '\ud800 lone', lastName: 'quote " and , comma', email: '+1@example.com' }),
    user('a3', {
      firstName: ' @sum',
      lastName: '\u202eevil',
      roles: ['z;y', '=1+1', 'customer-admin'],
      defaultGroup: '',
    }),
    user('a4', { firstName: '\uff1dfull width', lastName: '\u007f', groups: ['g2', 'g1', 'g1'] }),
  ];
  return [JSON.stringify(users), JSON.stringify(users.toReversed())];
}

function changingAccount(): readonly [string, string] {
  const first = [
    user('b1', { lastActive: undefined, createdAt: '2026-10-30T00:00:00Z' }),
    user('b2', { roles: null, disabled: null, email: null, groups: null, ownerOrganization: null }),
    user('b3', { lastActive: '2026-01-01T00:00:00.5Z' }),
    user('b4', { roles: ['customer-admin'] }),
    user('b5'),
    user('b6'),
  ];
  const second = [
    user('b6', { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.com', defaultGroup: 'g2' }),
    user('b3', { roles: ['customer-admin', 'customer-read-only'], groups: ['g2'] }),
    user('b4', { roles: ['customer-user'], disabled: true }),
    user('b1', { lastActive: '2026-11-23T02:14:59.999Z' }),
    user('b2'),
    user('b7', { roles: ['customer-admin'] }),
  ];
  return [JSON.stringify(first), JSON.stringify(second)];
}

function oddAccount(): readonly [string, string] {
  const bare = (id: string) => JSON.stringify({ _id: id, ownerOrganization: '5ffc5ca1c4b329000e9d1063' }).slice(0, -1);
  const users = [
    `${bare('c1')}, "lastActive": "", "disabled": "true", "email": 9007199254740993, "roles": [ "a", 1.10 ]}`,
    `${bare('c2')}, "createAt": "0000-00-00 00:00:00", "groups": {"a": [null]}, "defaultGroup": 1e400}`,
    `${bare('c3')}, "lastActive": "1970-01-01T00:00:00Z", "firstName": [], "firtName": "Ada", "deputy of all": -0}`,
    `${bare('c4')}, "lastActive": "2099-01-01T00:00:00Z", "roles": ["auditor", "a;=1"], "lastName": "Eve;=1"}`,
  ];
  return [`[${users.join()}]`, `[${users.toReversed().join()}]`];
}

/** The users of each account on its first and on its second day. */
export const ACCOUNTS: { readonly [name: string]: readonly [first: string | Buffer, second: string | Buffer] } = {
  seed: await seedAccount(),
  'misspelt names, unknown fields and duplicates': misspeltAccount(),
  'hostile text': hostileAccount(),
  'absent values and everything changing': changingAccount(),
  'odd values of documented fields': oddAccount(),
};

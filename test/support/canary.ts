import { inspect } from 'node:util';

/** Every canary repeats this mark, so any seven of its consecutive characters contain it, in upper or lower case. */
export const MARK = 'zqxj';
export const CANARY_TOKEN = MARK.repeat(8);
export const CANARY_BEARER = [MARK.repeat(5), MARK.repeat(9), MARK.repeat(7)].join('.');

/** A user as Anodot documents it, whose names and address are canaries. */
export const canaryUser = (n: number, fields: { readonly [name: string]: unknown } = {}) => ({
  _id: '6'.repeat(16) + n.toString(16).padStart(8, '0'),
  createdAt: '2021-05-02T12:46:27.823Z',
  firstName: 'Zqxj',
  lastName: `Zqxjzqxj ${MARK}`,
  email: `${MARK}.${MARK}${n}@${MARK}.example`,
  roles: ['customer-user'],
  disabled: false,
  ownerOrganization: '5'.repeat(24),
  groups: [],
  defaultGroup: '',
  lastActive: '2026-11-01T08:00:00.000Z',
  ...fields,
});

/** A body that Anodot should never send. It contains a token, a bearer, a name and an address. */
export const CANARY_TEXT = JSON.stringify({ token: CANARY_TOKEN, bearer: CANARY_BEARER, user: canaryUser(1) });

export const holdsCanary = (text: string | Uint8Array): boolean =>
  Buffer.from(text).toString('latin1').toLowerCase().includes(MARK);

/** Everything that a logger might write about an error: message, stack, causes, own properties. */
export const everythingIn = (error: unknown): string =>
  [
    inspect(error, {
      depth: Number.POSITIVE_INFINITY,
      showHidden: true,
      getters: true,
      maxStringLength: null,
      maxArrayLength: null,
    }),
    error instanceof Error ? JSON.stringify(error, Object.getOwnPropertyNames(error)) : '',
  ].join('\n');

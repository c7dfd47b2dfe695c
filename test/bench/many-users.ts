import type { Reply } from '../support/anodot/server.ts';

const id = (n: number): string => n.toString(16).padStart(24, '0');
const DAY = 86_400_000;

/** A user as Anodot returns it. */
export interface ManyUser {
  readonly _id: string;
  readonly lastName: string;
  readonly groups: readonly string[];
  readonly lastActive: string;
  readonly [field: string]: unknown;
}

export const groups = [7, 8, 9].map((n) => ({ id: id(n), name: `Group ${n}` }));

export const user = (n: number): ManyUser => ({
  _id: id(n),
  createdAt: new Date(1_600_000_000_000 + n * 1000).toISOString(),
  firstName: `Given${n % 997}`,
  lastName: `Family${n % 4001}`,
  email: `given${n}.family@example.com`,
  roles: [n % 20 === 0 ? 'customer-admin' : 'customer-user'],
  disabled: n % 16 === 0,
  ownerOrganization: id(0),
  groups: n % 3 === 0 ? [id(7), id(8)] : [],
  defaultGroup: n % 3 === 0 ? id(7) : '',
  lastActive: new Date(1_700_000_000_000 + n * 1000).toISOString(),
});

/** The same user a day later. A fifth of all were active since, and of them one in twenty is in another group or has another name. */
export function dayLater(n: number): ManyUser {
  const before = user(n);
  if (n % 5 > 0) return before;
  const active = { ...before, lastActive: new Date(Date.parse(before.lastActive) + DAY).toISOString() };
  if (n % 200 === 0) return { ...active, groups: [...before.groups, id(9)] };
  return n % 100 === 0 ? { ...active, lastName: `${before.lastName}-New` } : active;
}

/**
 * A user with all that costs more than an ordinary one: fields that Anodot doesn't document, a number with more digits than a double
 * has, escapes, times in another zone, an invalid value, a formula, quotes, a lone surrogate, and lists that aren't sorted.
 */
export const unusualUser = (n: number): object => ({
  ...user(n),
  createdAt: new Date(1_600_000_000_000 + n * 1000).toISOString().replace('.000Z', '+02:00'),
  firstName: `Zoë \u{1f600} "${n % 997}"\n`,
  lastName: `=Family,${n % 4001}\ud800`,
  roles: ['customer-user', 'an unknown role', ...(n % 20 === 0 ? ['customer-admin'] : [])],
  groups: [id(9), id(8), id(7)],
  defaultGroup: n,
  lastActive: new Date(1_700_000_000_000 + n * 1000).toISOString().replace('.000Z', '.123456-03:30'),
  profile: { title: `Title ${n}`, phones: [`+1 555 ${n}`], level: n / 7 },
  externalId: `x-${n}`,
});

/** A JSON array in pieces of about 64 KB. */
export function* jsonOf(count: number, userOf: (n: number) => unknown, first = 0): Generator<string> {
  let text = '[';
  for (let n = first; n < first + count; n++) {
    text += `${n === first ? '' : ','}${JSON.stringify(userOf(n))}`;
    if (text.length > 65_536) {
      yield text;
      text = '';
    }
  }
  yield `${text}]`;
}

/** Responds with `count` users, generated while they are sent. In each response, a hundred users have left and a hundred joined. */
export const manyUsers =
  (count: number): Reply =>
  async (response, answers) => {
    response.sendDate = false; // the benchmark's days are not today
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const chunk of jsonOf(count, user, 100 * answers)) {
      if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
  };

import type { Reply } from '../support/anodot/server.ts';

const id = (n: number): string => n.toString(16).padStart(24, '0');
const user = (n: number) => ({
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

function* chunks(first: number, count: number): Generator<string> {
  let text = '[';
  for (let n = first; n < first + count; n++) {
    text += `${n === first ? '' : ','}${JSON.stringify(user(n))}`;
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
    for (const chunk of chunks(100 * answers, count)) {
      if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
  };

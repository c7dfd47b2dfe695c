import { KEYS } from '../../../functions/snapshot/contract.ts';
import type { Store } from '../../../functions/snapshot/store/store.ts';
import { answer, type Reply } from './server.ts';

/** Responses that contain their own number, so that a test can see which one was published. */

/** A response without a Date header, for runs with a stopped clock. */
export const timeless =
  (body: unknown, status = 200): Reply =>
  (response, n, request) => {
    response.sendDate = false;
    answer(body, status)(response, n, request);
  };

/** The three users of the n-th response. */
export const usersOfResponse = (n: number): readonly object[] =>
  ['1', '2', '3'].map((_id) => ({ _id, firstName: `answer ${n}`, ownerOrganization: 'org' }));

/** The n-th request gets the users of the n-th response. */
export const numberedUsers: Reply = (response, n, request) => timeless(usersOfResponse(n))(response, n, request);

/** One group, named after the number of the response. */
export const numberedGroups: Reply = (response, n, request) =>
  timeless([{ _id: 'g1', name: `answer ${n}` }])(response, n, request);

/** The number of the response that was published for a date. */
export async function responseOn(store: Store, dt: string): Promise<number> {
  return Number(/"first_name":"answer (\d+)"/.exec(String(await store.read(KEYS.json(dt))))?.[1]);
}

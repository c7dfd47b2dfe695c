import { ArrayParser } from '../../../functions/snapshot/anodot/array-parser.ts';
import { toUser } from '../../../functions/snapshot/anodot/user-record.ts';
import { SourceContractError } from '../../../functions/snapshot/errors.ts';
import type { ReadUser } from '../../../functions/snapshot/user.ts';

/** When the response of these tests began to arrive. */
export const OBSERVED = new Date('2026-11-23T02:15:00.000Z');

/** Reads users from the response's text, as a run does. */
export function readAll(text: string): ReadUser[] {
  const parser = new ArrayParser();
  const batches = [parser.push(Buffer.from(text)), parser.end()];
  return batches.flatMap((batch) =>
    batch.elements.map((element, i) => toUser(element, i, () => batch.text(i), OBSERVED)),
  );
}

export function readText(text: string): ReadUser {
  const [user] = readAll(`[${text}]`);
  if (user === undefined) throw new Error('no user');
  return user;
}

export const read = (record: unknown): ReadUser => readText(JSON.stringify(record));

/** A user with `_id` followed by the given fields, as JSON text. */
export const readFields = (fields: string): ReadUser => readText(`{"_id":"a",${fields}}`);

export function failureOf(act: () => unknown): SourceContractError {
  try {
    act();
  } catch (error) {
    if (error instanceof SourceContractError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export const ROGER = {
  _id: '5ffc5ca3c4b329000e9d1065',
  createdAt: '2021-01-11T14:11:47.052Z',
  firstName: 'Roger',
  lastName: 'Rabbit',
  email: 'roger.rabbit@acme.com',
  roles: ['customer-admin'],
  disabled: false,
  ownerOrganization: '5ffc5ca1c4b329000e9d1063',
  groups: ['5ffc6662c4b329000e9d1066'],
  defaultGroup: '5ffc6662c4b329000e9d1066',
  lastActive: '2021-04-05T11:23:15.476Z',
};

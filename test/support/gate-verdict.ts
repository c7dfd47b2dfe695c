import { expect } from 'vitest';
import { RefusedSnapshotError } from '../../functions/snapshot/errors.ts';
import { type DayOptions, newAccount, type UserRecord } from './account-days.ts';

export type Organization = string | null;

export const ORGANIZATION = '5ffc5ca1c4b329000e9d1063';

export const OTHER = '5ffc5ca1c4b329000e9d1064';

/** This many users of one organization. With null, their records have no organization. */
export const users = (count: number, organization: Organization = ORGANIZATION): UserRecord[] =>
  Array.from({ length: count }, (_, n) => ({
    _id: n.toString(16).padStart(24, '0'),
    createdAt: '2026-01-05T09:00:00.000Z',
    firstName: 'Canary',
    lastName: `Number ${n}`,
    email: `canary-${n}@example.com`,
    roles: ['customer-user'],
    disabled: false,
    ...(organization !== null && { ownerOrganization: organization }),
    groups: [],
    defaultGroup: '',
  }));

/** Users: the first `count` have the field, the others have null. */
export const usersOfWhom = (count: number, total: number, field: string, value: unknown): UserRecord[] =>
  users(total).map((record, n) => ({ ...record, [field]: n < count ? value : null }));

/** What the gate decides about a response after a sound snapshot: its message if it refuses, otherwise null. */
export async function verdict(
  before: readonly UserRecord[],
  after: readonly UserRecord[],
  options: DayOptions = {},
): Promise<string | null> {
  const { at } = await newAccount();
  await at('2026-11-22T02:15:00Z', before, { allowEmpty: true });
  try {
    const { manifest } = await at('2026-11-23T02:15:00Z', after, options);
    expect(manifest?.user_count).toBe(after.length);
    return null;
  } catch (error) {
    if (!(error instanceof RefusedSnapshotError)) throw error;
    expect(error.code).toBe(6);
    return error.message;
  }
}

/** The address by which an account is found. */
import { addressKey } from './addresses.ts';

/** Null if there is no address: accounts without one have nothing in common. */
export const accountKey = (email: string | null): string | null => (email === null ? null : addressKey(email) || null);

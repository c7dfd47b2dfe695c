/** When two addresses count as the same: case and white space around them don't matter. */

/** The text to compare an address by. Null if there is no address. */
export const addressKey = (email: string | null): string | null => email?.trim().toLowerCase() || null;

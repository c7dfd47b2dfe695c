/** `Mon, 23 Nov 2026 02:15:00 GMT`: the format has a fixed length. */
const LENGTH = 29;

/**
 * A date in the preferred format of RFC 9110, 5.6.7, in milliseconds since the epoch. Undefined for anything else: the two obsolete
 * formats, and dates that don't exist, such as the 30th of February or a wrong weekday.
 */
export function httpDate(header: string): number | undefined {
  const moment = header.length === LENGTH ? Date.parse(header) : Number.NaN;
  // `Date.parse` accepts many formats, and moves days that don't exist to the next month.
  return !Number.isNaN(moment) && new Date(moment).toUTCString() === header ? moment : undefined;
}

/**
 * The pause that a Retry-After header asks for, in milliseconds. The header holds seconds or a date (RFC 9110, 10.2.3).
 * Undefined for anything else. It is parsed strictly, since `Number('')` is 0 and `Date.parse('-5')` is a date.
 */
export function retryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const moment = httpDate(header);
  return moment === undefined ? undefined : Math.max(0, moment - now.getTime());
}

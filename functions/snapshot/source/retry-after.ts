const HTTP_DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * Milliseconds that a Retry-After header asks to wait: seconds in digits or a date in the preferred form of RFC 9110, 10.2.3.
 * Undefined for anything else, since `Number('')` is 0 and `Date.parse('-5')` is a date.
 */
export function retryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  if (HTTP_DATE.test(header)) return Math.max(0, Date.parse(header) - now.getTime());
  return undefined;
}

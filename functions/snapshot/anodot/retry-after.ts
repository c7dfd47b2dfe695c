const HTTP_DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** A date in the preferred form of RFC 9110, 5.6.7, in milliseconds; undefined for anything else, the 45th included. */
export function httpDate(header: string): number | undefined {
  const moment = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/**
 * Milliseconds that a Retry-After header asks to wait: seconds in digits or a date (RFC 9110, 10.2.3).
 * Undefined for anything else, since `Number('')` is 0 and `Date.parse('-5')` is a date.
 */
export function retryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const moment = httpDate(header);
  return moment === undefined ? undefined : Math.max(0, moment - now.getTime());
}

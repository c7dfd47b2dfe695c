const HTTP_DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** A date in the preferred format of RFC 9110, 5.6.7, in milliseconds since the epoch. Undefined for anything else, such as the 45th. */
export function httpDate(header: string): number | undefined {
  const moment = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
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

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** The days of every year, and the 29th of February of leap years. The year 0000 is one. */
const COMMON_DAY = String.raw`\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`;
const LEAP_DAY = String.raw`(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29`;
/**
 * A time as `Date.prototype.toISOString` writes it, of years with four digits. Nearly all times have this form. Converting them to a Date
 * and back, to see that nothing changes, takes ten times as long.
 */
export const UTC_TIME = new RegExp(
  String.raw`^(?:${COMMON_DAY}|${LEAP_DAY})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$`,
);

/**
 * Converts an RFC 3339 time with a zone to ISO 8601 UTC with milliseconds. Undefined for anything else. A leap second becomes the second
 * after it.
 */
export function toUtc(text: string): string | undefined {
  if (UTC_TIME.test(text)) return text;
  const [, date, minutes, seconds = '', fraction = '', zone = ''] = RFC_3339.exec(text) ?? [];
  if (date === undefined) return undefined;
  const leap = seconds === '60';
  const local = `${date}T${minutes}:${leap ? '59' : seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  if (!UTC_TIME.test(`${local}Z`)) return undefined;
  if (!leap && zone.toUpperCase() === 'Z') return `${local}Z`; // needs no arithmetic
  const utc = new Date(Date.parse(local + zone.toUpperCase()) + (leap ? 1000 : 0)).toISOString();
  return UTC_TIME.test(utc) ? utc : undefined; // the zone may move the year out of four digits
}

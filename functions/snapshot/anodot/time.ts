/** Only tested, and read by position: captured groups, as new texts in an array, would take longer than the rest of the conversion. */
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/** The days of every year, and the 29th of February of leap years. The year 0000 is one. */
const COMMON_DAY = String.raw`\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`;
const LEAP_DAY = String.raw`(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29`;
/**
 * A time as `Date.prototype.toISOString` writes it, of years with four digits. Nearly all times have this form. Converting them to a Date
 * and back, to see that nothing changes, takes ten times as long.
 */
const UTC_TIME = new RegExp(String.raw`^(?:${COMMON_DAY}|${LEAP_DAY})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$`);

/**
 * Converts an RFC 3339 time with a zone to ISO 8601 UTC with milliseconds. Undefined for anything else. A leap second becomes the second
 * after it.
 */
export function toUtc(text: string): string | undefined {
  if (UTC_TIME.test(text)) return text;
  if (!RFC_3339.test(text)) return undefined;
  const isZulu = 'Zz'.includes(text.charAt(text.length - 1));
  const isLeap = text.startsWith('60', 17);
  const fraction = text.slice(20, isZulu ? -1 : -6).slice(0, 3);
  const local = `${text.slice(0, 10)}T${text.slice(11, 17)}${isLeap ? '59' : text.slice(17, 19)}.${fraction.padEnd(3, '0')}Z`;
  if (!UTC_TIME.test(local)) return undefined;
  const offset = isZulu ? 0 : offsetOf(text);
  const minute = 60 * Number(text.slice(11, 13)) + Number(text.slice(14, 16)) - offset;
  // Nearly always the UTC time is on the same day, which needs no Date.
  if (!isLeap && minute >= 0 && minute < DAY_MINUTES) return `${local.slice(0, 11)}${clock(minute)}${local.slice(16)}`;
  const utc = new Date(Date.parse(local) - offset * MINUTE + (isLeap ? 1000 : 0)).toISOString();
  return UTC_TIME.test(utc) ? utc : undefined; // the zone may move the year out of four digits
}

/** The minutes that a time's zone is ahead of UTC. */
function offsetOf(text: string): number {
  const minutes = 60 * Number(text.slice(-5, -3)) + Number(text.slice(-2));
  return text.charAt(text.length - 6) === '-' ? -minutes : minutes;
}

const clock = (minute: number): string => `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const CANONICAL_LENGTH = '2026-11-23T02:15:00.000Z'.length;

/**
 * Converts an RFC 3339 time with a zone to ISO 8601 UTC with milliseconds. Undefined for anything else. A leap second becomes the second
 * after it.
 */
export function toUtc(text: string): string | undefined {
  if (text.length === CANONICAL_LENGTH && isUnchanged(text)) return text; // nearly always
  const [, date, minutes, seconds = '', fraction = '', zone = ''] = RFC_3339.exec(text) ?? [];
  if (date === undefined) return undefined;
  const leap = seconds === '60';
  const local = `${date}T${minutes}:${leap ? '59' : seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  if (!isUnchanged(`${local}Z`)) return undefined;
  const utc = new Date(Date.parse(local + zone.toUpperCase()) + (leap ? 1000 : 0)).toISOString();
  return utc.length === CANONICAL_LENGTH ? utc : undefined; // the zone may move the year out of four digits
}

/** Date turns the 30th of February into a day in March, so only a text that survives the round trip is a date. */
function isUnchanged(utc: string): boolean {
  const time = new Date(utc);
  return !Number.isNaN(time.getTime()) && time.toISOString() === utc;
}

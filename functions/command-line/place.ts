/** Rejects a `--store` that is most likely a mistake. As a folder's name, it would put personal data where no one looks for it. */
import { stat } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';

const EXPECTED = 'Expected a folder, or s3://bucket/prefix.';
const UNSET = `Is a variable not set? ${EXPECTED}`;
const UNEXPANDED = 'The shell did not expand it. Write the path out.';

/** What was probably meant, by what the value looks like. The first match counts. */
const MISTAKES: readonly (readonly [looksLike: RegExp, meant: (match: RegExpExecArray) => string])[] = [
  [/^\s*$/, () => `It is empty. Is a variable not set? ${EXPECTED}`],
  [/^(undefined|null|none|nil)([/\\]|$)/i, () => UNSET],
  [/^-/, () => `It looks like an option. Is a variable not set? ${EXPECTED}`],
  [/^\s|\s$|\p{Cc}/u, () => 'It begins or ends with white space, or contains a control character.'],
  [/[\p{Cf}\p{Zl}\p{Zp}]/u, () => 'It contains an invisible character. Retype it.'],
  [/^["'`]|["'`]$/, () => 'The quotes are part of the value. Leave them out.'],
  [/^~|\$[{(]|(^|[/\\])\$\w+([/\\]|$)|(^|[/\\])%\w+%([/\\]|$)/, () => UNEXPANDED],
  [/<[^<>]*>|\{\{.*\}\}/, () => `It is a placeholder. ${EXPECTED}`],
  [/^\w+=/, () => `It looks like a setting. ${EXPECTED} If it is a folder's name, put ./ before it.`],
  [/^arn:[\w-]+:s3:::(.+)$/i, ([, place]) => meantBucket(place)],
  [/^(?:https?:\/\/)?s3[.-](?:[\w-]+\.)?amazonaws\.com(?:\.cn)?\/(.+)$/i, ([, place]) => meantBucket(place)],
  [
    /^(?:https?:\/\/)?([a-z0-9.-]+)\.s3[.-](?:[\w-]+\.)?amazonaws\.com(?:\.cn)?(\/.*)?$/i,
    ([, bucket = '', prefix = '']) => meantBucket(bucket + prefix),
  ],
  [/^file:(?:\/\/(?:localhost)?)?(\/(?!\/).*)$/i, ([, path]) => `Did you mean ${path}?`],
  [
    /^(?:\.?\/)?:?s3[an]?\s*(?:[:;\uff1a][:;\uff1a/\\\uff0f\s]*|[/\\\uff0f]{2,})(.*)$/i,
    ([, place]) => meantBucket(place),
  ],
  [/[:;\uff1a]\s*[/\uff0f]{2}/, () => EXPECTED],
  [/^[a-z][a-z0-9+.-]+:[/\\]/i, () => EXPECTED],
  [/^[a-z][a-z0-9+.-]+:/i, () => `${EXPECTED} If it is a folder's name, put ./ before it.`],
];

const meantBucket = (place = ''): string =>
  `Did you mean s3://${place.replaceAll(/[\\\uff0f]/g, '/').replace(/^\/+/, '') || 'bucket/prefix'}?`;

/** Parses the value of `--store`. */
export function placeOf(text: string): string {
  if (text.startsWith('s3://')) return text; // openBucket checks the rest
  for (const [looksLike, meant] of MISTAKES) {
    const match = looksLike.exec(text);
    if (match) throw new InvalidArgumentError(meant(match));
  }
  return text;
}

/** Whether a place exists. A bucket counts as existing: its calls fail if it doesn't. */
export const placeExists = async (place: string): Promise<boolean> =>
  place.startsWith('s3://') ||
  stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );

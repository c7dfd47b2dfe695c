/** Recognizes a `--store` that is most likely a mistake: taken for a folder's name, it would leave personal data where nobody looks. */
import { InvalidArgumentError } from 'commander';

const EXPECTED = 'Expected a folder, or s3://bucket/prefix.';
const UNSET = `Is a variable not set? ${EXPECTED}`;
const UNEXPANDED = 'Nothing in it was expanded. Write the path out, or let the shell expand it.';

/** What was probably meant, by what a mistaken value looks like. The first that fits counts. */
const MISTAKES: readonly (readonly [looksLike: RegExp, meant: (match: RegExpExecArray) => string])[] = [
  [/^\s*$/, () => `It is empty: is a variable not set? ${EXPECTED}`],
  [/^(undefined|null|none|nil)([/\\]|$)/i, () => UNSET],
  [/^-/, () => `It looks like an option: is a variable not set? ${EXPECTED}`],
  [/^\s|\s$|\p{Cc}/u, () => 'It begins or ends with white space, or holds a control character.'],
  [/[\p{Cf}\p{Zl}\p{Zp}]/u, () => 'It holds an invisible character. Type it in anew.'],
  [/^["'`]|["'`]$/, () => 'The quotes are part of it. Leave them out.'],
  [/^~|\$[{(]|(^|[/\\])\$\w+([/\\]|$)|(^|[/\\])%\w+%([/\\]|$)/, () => UNEXPANDED],
  [/<[^<>]*>|\{\{.*\}\}/, () => `It is a placeholder. ${EXPECTED}`],
  [/^\w+=/, () => `It begins like a setting. ${EXPECTED} A folder of such a name is written with ./ before it.`],
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
  [/^[a-z][a-z0-9+.-]+:/i, () => `${EXPECTED} A folder of such a name is written with ./ before it.`],
];

const meantBucket = (place = ''): string =>
  `Did you mean s3://${place.replaceAll(/[\\\uff0f]/g, '/').replace(/^\/+/, '') || 'bucket/prefix'}?`;

/** Parses the value of `--store`. */
export function placeOf(text: string): string {
  if (text.startsWith('s3://')) return text; // the bucket's own rules decide
  for (const [looksLike, meant] of MISTAKES) {
    const match = looksLike.exec(text);
    if (match) throw new InvalidArgumentError(meant(match));
  }
  return text;
}

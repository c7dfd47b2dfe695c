import * as z from 'zod';
import { FORMATS } from '../../functions/snapshot/contract.ts';

/** Context on a command line is text; what is blank counts as not given. */
const notBlank = (given: unknown) => (typeof given === 'string' ? given.trim() || undefined : given);
const asNumber = (given: unknown) =>
  typeof given === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(given) ? Number(given) : notBlank(given);
const asFlag = (given: unknown) => {
  const text = notBlank(given);
  return text === 'true' ? true : text === 'false' ? false : text;
};
const asList = (given: unknown) => {
  const text = notBlank(given);
  return typeof text === 'string' ? text.split(',').map((name) => name.trim()) : text;
};

const whole = (least: number, most: number) => {
  const allowed = `a whole number from ${least} to ${most}`;
  return z.preprocess(asNumber, z.int(allowed).min(least, allowed).max(most, allowed).optional());
};
const flag = z.preprocess(asFlag, z.boolean('true or false').optional());
/** @param allowed what the text must be, in words: the message */
export const words = (pattern: RegExp, allowed: string) =>
  z.preprocess(notBlank, z.string(allowed).regex(pattern, allowed).optional());

const FORMAT_LIST = `a list of ${FORMATS.join(', ')}`;
const SEGMENT = String.raw`(?!\.+(?:/|$))[\w.=-]+`;

/**
 * What can be chosen of a deployment in words and figures, in the construct's props as in CDK context. The message of each is what is
 * allowed. The function holds its own part against stricter rules when it runs.
 */
export const OPTIONS = {
  anodotUrl: words(/^https:\/\/[^\s/?#@\\]+\/?$/i, 'https:// and a host alone, like https://app.anodot.com'),
  allowOtherHost: flag,
  prefix: words(
    new RegExp(`^(?=.{1,500}$)${SEGMENT}(?:/${SEGMENT})*$`),
    'letters, digits, _, -, . and =, in parts with a slash between and none at either end',
  ),
  formats: z.preprocess(asList, z.array(z.enum(FORMATS, FORMAT_LIST), FORMAT_LIST).min(1, FORMAT_LIST).optional()),
  dailyAtUtc: words(
    /^(?:(?:[01]\d|2[0-2]):[0-5]\d|23:(?:[0-3]\d|4[0-4]))$/,
    'a time of day from 00:00 to 23:44: a run may begin 15 minutes later, and must on the same day',
  ),
  retentionDays: whole(1, 3650),
  rawRetentionDays: whole(1, 3650),
  maxDropPercent: z.preprocess(
    asNumber,
    z.number('a number from 0 to 100').min(0, 'a number from 0 to 100').max(100, 'a number from 0 to 100').optional(),
  ),
  allowEmpty: flag,
  keepRaw: flag,
  alarmEmail: words(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address'),
  reservedConcurrency: whole(1, 1000),
  memorySize: whole(128, 10_240),
  timeoutSeconds: whole(60, 900),
  api: z.preprocess(
    (given) => (given === 'off' || asFlag(given) === false ? undefined : notBlank(given)),
    z.literal('iam', '`iam`, or `off`').optional(),
  ),
  athena: flag,
  athenaDays: whole(1, 3650),
  athenaDatabase: words(
    /^(?!(?:default|primary|information_schema)$)[a-z][a-z0-9_]{0,63}$/,
    'a letter and up to 63 of a-z, 0-9 and _, but none of default, primary and information_schema, which are taken',
  ),
} as const;

const SCHEMA = z.object(OPTIONS);
export type Options = z.infer<typeof SCHEMA>;

/** What holds where nothing is given. */
export const STANDARD = {
  anodotUrl: 'https://app.anodot.com',
  allowOtherHost: false,
  prefix: '',
  formats: FORMATS,
  dailyAtUtc: '02:15',
  retentionDays: 400,
  rawRetentionDays: 90,
  maxDropPercent: 50,
  allowEmpty: false,
  keepRaw: true,
  memorySize: 256,
  timeoutSeconds: 300,
  athena: true,
  athenaDatabase: 'anodot_users',
} as const;

/** What was chosen, and what holds where nothing was. */
export const withStandard = (chosen: Options) => ({
  ...chosen,
  anodotUrl: chosen.anodotUrl ?? STANDARD.anodotUrl,
  allowOtherHost: chosen.allowOtherHost ?? STANDARD.allowOtherHost,
  prefix: chosen.prefix ?? STANDARD.prefix,
  formats: chosen.formats ?? STANDARD.formats,
  dailyAtUtc: chosen.dailyAtUtc ?? STANDARD.dailyAtUtc,
  retentionDays: chosen.retentionDays ?? STANDARD.retentionDays,
  rawRetentionDays: chosen.rawRetentionDays ?? STANDARD.rawRetentionDays,
  maxDropPercent: chosen.maxDropPercent ?? STANDARD.maxDropPercent,
  allowEmpty: chosen.allowEmpty ?? STANDARD.allowEmpty,
  keepRaw: chosen.keepRaw ?? STANDARD.keepRaw,
  memorySize: chosen.memorySize ?? STANDARD.memorySize,
  timeoutSeconds: chosen.timeoutSeconds ?? STANDARD.timeoutSeconds,
  athena: chosen.athena ?? STANDARD.athena,
  athenaDays: chosen.athenaDays ?? chosen.retentionDays ?? STANDARD.retentionDays,
  athenaDatabase: chosen.athenaDatabase ?? STANDARD.athenaDatabase,
});

/** A thing that was given and isn't allowed. */
export interface Problem {
  readonly name: string;
  readonly allowed: string;
}

/** Reads values by a schema of optional ones: the good ones, and each bad one once. */
export function read<T extends object>(
  schema: z.ZodType<T>,
  given: { readonly [name: string]: unknown },
): { readonly good: T; readonly problems: readonly Problem[] } {
  const issues = schema.safeParse(given).error?.issues ?? [];
  const allowed = new Map(issues.map(({ path, message }) => [String(path[0]), message]));
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !allowed.has(name)));
  return { good: schema.parse(rest), problems: [...allowed].map(([name, message]) => ({ name, allowed: message })) };
}

/** What is wrong with options that are each allowed, but not all of them together. */
export function conflictsOf(options: Options): Problem[] {
  const { anodotUrl = STANDARD.anodotUrl, allowOtherHost = false, keepRaw, rawRetentionDays } = options;
  const problems: Problem[] = [];
  if (!allowOtherHost && !/^https:\/\/(?:[a-z0-9-]+\.)*anodot\.com\/?$/i.test(anodotUrl))
    problems.push({ name: 'anodotUrl', allowed: 'a host of Anodot, or any with allowOtherHost=true' });
  if (keepRaw === false && rawRetentionDays !== undefined)
    problems.push({ name: 'rawRetentionDays', allowed: 'nothing, since keepRaw=false: no answer is kept' });
  for (const name of ['athenaDatabase', 'athenaDays'] as const)
    if (options.athena === false && options[name] !== undefined)
      problems.push({ name, allowed: 'nothing, since athena=false: there is no database' });
  return problems;
}

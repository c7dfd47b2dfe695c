import * as z from 'zod';
import { parseAnodotHost } from '../../functions/snapshot/anodot-host.ts';
import { DEFAULTS, LAST_COMMIT } from '../../functions/snapshot/contract.ts';
import { FINGERPRINTS, PREFIX, RETENTION, ROLE_ARN } from '../../functions/snapshot/setting-rules.ts';
import { flag, listOfText, textOf, wholeNumberFrom } from '../../functions/snapshot/setting-values.ts';
import { RUN_OPTIONS } from './run-options.ts';

/** Every option of a deployment that is text, a number, a flag or a list: the same in CDK context, in settings.json and in props. */
export const OPTIONS = {
  ...RUN_OPTIONS,
  prefix: textOf(PREFIX).meta({
    title: 'Prefix',
    description:
      'Prefix of all keys in the bucket, without a slash at either end. If several installations share a bucket, no prefix may contain another.',
    examples: ['anodot/production'],
  }),
  dailyAtUtc: textOf({
    pattern: /^(?:(?:[01]\d|2[0-2]):[0-5]\d|23:(?:0\d|1[0-5]))$/,
    expected:
      'a time of day from 00:00 to 23:15 (later times could slip past midnight. For an end-of-day snapshot use 00:00)',
  }).meta({
    title: 'Time of the daily run',
    description: 'Time of the daily run in UTC, from 00:00 to 23:15. A run begins within 15 minutes of it.',
    examples: ['04:30'],
  }),
  retentionDays: RETENTION.meta({
    title: 'Retention',
    description: 'Days for which users, changes and groups are kept, from 1 to 3650.',
    examples: [800],
  }),
  rawRetentionDays: RETENTION.meta({
    title: 'Retention of raw responses',
    description:
      "Days for which Anodot's raw responses are kept, from 1 to 3650. By default the same as retentionDays.",
    examples: [30],
  }),
  breakGlassRole: textOf(ROLE_ARN).meta({
    title: 'Break-glass role',
    description:
      'ARN of the only IAM role that may replace or delete commits and public keys. By default no role may, not even an administrator.',
    examples: ['arn:aws:iam::123456789012:role/SnapshotRecovery'],
  }),
  sign: flag.meta({
    title: 'Sign commits',
    description: 'Whether to sign each commit with a new KMS key, with which only the function may sign.',
    examples: [true],
  }),
  earlierKeys: listOfText(FINGERPRINTS).meta({
    title: 'Earlier signing keys',
    description:
      'Fingerprints of keys that signed earlier commits, each of 64 hex digits. The weekly verification accepts their signatures, too.',
    examples: [['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08']],
  }),
  signedFrom: wholeNumberFrom(1, LAST_COMMIT).meta({
    title: 'First signed commit',
    description:
      'Number of the first signed commit. The weekly verification counts recent commits from it on that are unsigned, and finds a bucket that ends before it.',
    examples: [42],
  }),
  maxTokenAgeDays: wholeNumberFrom(0, 3650).meta({
    title: 'Largest age of the token',
    description:
      'Age of the stored token, in days from 0 to 3650, at which an alarm fires. With 0 there is no such alarm.',
    examples: [30],
  }),
  alarmEmail: textOf({ pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, expected: 'an e-mail address' }).meta({
    title: 'E-mail for alarms',
    description:
      'E-mail address that receives alarms, once its owner has confirmed the subscription. By default no one is notified.',
    examples: ['security@example.com'],
  }),
  reservedConcurrency: wholeNumberFrom(1, 1000).meta({
    title: 'Reserved concurrency',
    description:
      'Number of runs that may execute at once, from 1 to 1000. An AWS account with a concurrency quota of 10 can reserve none. By default nothing is reserved.',
    examples: [2],
  }),
  memorySize: wholeNumberFrom(128, 10_240).meta({
    title: 'Memory',
    description: 'Memory of the function in MB, from 128 to 10240. More memory also means a faster processor.',
    examples: [512],
  }),
  timeoutSeconds: wholeNumberFrom(60, 900).meta({
    title: 'Timeout',
    description: 'Longest duration of a run in seconds, from 60 to 900.',
    examples: [600],
  }),
  api: z
    .preprocess((given) => {
      const text = typeof given === 'string' ? given.trim() : given;
      return text === 'off' || text === 'false' || text === false ? undefined : text;
    }, z.literal('iam', 'expected iam or off').optional())
    .meta({
      title: 'HTTP API',
      description: '`iam` to create an HTTP API that takes a snapshot on demand, for callers authorized by IAM.',
      examples: ['iam'],
    }),
  athena: flag.meta({
    title: 'Athena',
    description: 'Whether to create tables and views in Athena.',
    examples: [false],
  }),
  athenaDays: RETENTION.meta({
    title: 'Days in Athena',
    description:
      'Number of days that the tables in Athena cover, from 1 to 3650. By default the same as retentionDays.',
    examples: [800],
  }),
  athenaDatabase: textOf({
    pattern: /^(?!(?:default|primary|information_schema)$)[a-z][a-z0-9_]{0,63}$/,
    expected:
      'a letter and up to 63 of a-z, 0-9 and _, but not default, primary or information_schema, which are reserved',
  }).meta({
    title: 'Athena database',
    description: 'Name of the Athena database and workgroup. It must be unique in the account and region.',
    examples: ['access_records'],
  }),
} as const;

const CHOSEN = z.object(OPTIONS).partial();
export type ChosenOptions = z.output<typeof CHOSEN>;
export type Options = ReturnType<typeof withDefaults>;

/** Completes options with their defaults. Raw responses are kept, and tables in Athena look back, for as long as users are kept. */
export function withDefaults(chosen: ChosenOptions) {
  const { retentionDays } = { ...DEFAULTS.deployment, ...chosen };
  return {
    ...DEFAULTS.run,
    ...DEFAULTS.deployment,
    rawRetentionDays: retentionDays,
    athenaDays: retentionDays,
    ...chosen,
  };
}

/** Options that only a bucket of this deployment can have, with what to do instead on an existing one. */
export const ONLY_WITH_OWN_BUCKET = {
  retentionDays: 'set the lifecycle on that bucket',
  rawRetentionDays: 'set the lifecycle on that bucket',
  breakGlassRole: "name the role in that bucket's policy",
} as const satisfies { readonly [name in keyof ChosenOptions]?: string };

/** @param bucket the name by which the existing bucket was set */
export const conflictsWithBucket = (chosen: object, bucket: string): Problem[] =>
  Object.entries(ONLY_WITH_OWN_BUCKET).flatMap(([name, instead]): Problem[] =>
    Reflect.get(chosen, name) === undefined ? [] : [[name, `not allowed with ${bucket}: ${instead}`]],
  );

/** The name of an option or setting, and what is wrong with it. */
export type Problem = readonly [name: string, problem: string];

/** A longer prefix never fits in the policy for readers, which names it twelve times, even if all other names are as short as possible. */
const LONGEST_ATHENA_PREFIX = 365;

/** Options that are valid by themselves, but not together. */
export function conflictsOf(chosen: ChosenOptions): Problem[] {
  const { anodotUrl, allowOtherHost, athena, keepRaw, prefix, sign } = withDefaults(chosen);
  const problems: Problem[] = [];
  const host = parseAnodotHost(anodotUrl, allowOtherHost, 'allowOtherHost');
  if ('problem' in host) problems.push(['anodotUrl', host.problem]);
  if (!keepRaw && chosen.rawRetentionDays !== undefined)
    problems.push(['rawRetentionDays', 'not allowed with keepRaw=false: no response is kept']);
  if (!sign && chosen.earlierKeys !== undefined)
    problems.push(['earlierKeys', 'not allowed without sign: the verification accepts every key of the store']);
  if (!sign && chosen.signedFrom !== undefined)
    problems.push(['signedFrom', 'not allowed without sign: commits are not signed']);
  if (athena && prefix.length > LONGEST_ATHENA_PREFIX)
    problems.push([
      'prefix',
      `longer than ${LONGEST_ATHENA_PREFIX} characters, which needs athena=false: the policy for readers would exceed IAM's limit`,
    ]);
  for (const name of ['athenaDatabase', 'athenaDays'] as const)
    if (!athena && chosen[name] !== undefined)
      problems.push([name, 'not allowed with athena=false: there is no database']);
  return problems;
}

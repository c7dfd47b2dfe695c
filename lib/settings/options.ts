import * as z from 'zod';
import { parseAnodotHost } from '../../functions/snapshot/anodot-host.ts';
import { DEFAULTS } from '../../functions/snapshot/contract.ts';
import { PREFIX, RUN_SETTINGS } from '../../functions/snapshot/setting-rules.ts';
import { flag, textOf, wholeNumberFrom } from '../../functions/snapshot/setting-values.ts';

/** Every option of a deployment that is text, a number, a flag or a list: the same in CDK context and in the construct's props. */
export const OPTIONS = {
  ...RUN_SETTINGS,
  prefix: textOf(PREFIX),
  dailyAtUtc: textOf({
    pattern: /^(?:(?:[01]\d|2[0-2]):[0-5]\d|23:(?:0\d|1[0-5]))$/,
    expected:
      'a time of day from 00:00 to 23:15 (delivery may be late or retried, and a run must begin on its day: for the end of a day choose 00:00 of the next)',
  }),
  retentionDays: wholeNumberFrom(1, 3650),
  rawRetentionDays: wholeNumberFrom(1, 3650),
  alarmEmail: textOf({ pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, expected: 'an e-mail address' }),
  reservedConcurrency: wholeNumberFrom(1, 1000),
  memorySize: wholeNumberFrom(128, 10_240),
  timeoutSeconds: wholeNumberFrom(60, 900),
  api: z.preprocess((given) => {
    const text = typeof given === 'string' ? given.trim() : given;
    return text === 'off' || text === 'false' || text === false ? undefined : text;
  }, z.literal('iam', 'expected `iam`, or `off`').optional()),
  athena: flag,
  athenaDays: wholeNumberFrom(1, 3650),
  athenaDatabase: textOf({
    pattern: /^(?!(?:default|primary|information_schema)$)[a-z][a-z0-9_]{0,63}$/,
    expected:
      'a letter and up to 63 of a-z, 0-9 and _, but not default, primary or information_schema, which are reserved',
  }),
} as const;

const CHOSEN = z.object(OPTIONS).partial();
export type ChosenOptions = z.output<typeof CHOSEN>;
export type Options = ReturnType<typeof withDefaults>;

/** Tables look as far back as users are kept, unless `athenaDays` says otherwise. */
export const withDefaults = (chosen: ChosenOptions) => ({
  ...DEFAULTS.run,
  ...DEFAULTS.deployment,
  athenaDays: chosen.retentionDays ?? DEFAULTS.deployment.retentionDays,
  ...chosen,
});

/** The name of an option or setting, and what is wrong with it. */
export type Problem = readonly [name: string, problem: string];

/** Options that are valid by themselves, but not together. */
export function conflictsOf(chosen: ChosenOptions): Problem[] {
  const { anodotUrl, allowOtherHost, athena, keepRaw } = withDefaults(chosen);
  const problems: Problem[] = [];
  const host = parseAnodotHost(anodotUrl, allowOtherHost, 'allowOtherHost');
  if ('problem' in host) problems.push(['anodotUrl', host.problem]);
  if (!keepRaw && chosen.rawRetentionDays !== undefined)
    problems.push(['rawRetentionDays', 'not allowed with keepRaw=false: no response is kept']);
  for (const name of ['athenaDatabase', 'athenaDays'] as const)
    if (!athena && chosen[name] !== undefined)
      problems.push([name, 'not allowed with athena=false: there is no database']);
  return problems;
}

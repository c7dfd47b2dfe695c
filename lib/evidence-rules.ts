/** The alarms about the stored evidence, and about what the next run needs. */
import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../functions/snapshot/metrics.ts';
import type { Rule, Watched } from './alarm-rule.ts';

/**
 * The period of alarms that keep their state until the next value. Of several values in one period, the highest counts: after a fix, a new
 * value must fall into a later period, or the alarm would keep the old one until the next day or week.
 */
const KEPT_PERIOD = Duration.minutes(5);

export const EVIDENCE_RULES = {
  StoreDamaged: ({ metric }) => ({
    means:
      'The weekly verification found damage: objects that are missing or do not match their commit, or a break in the chain of commits or its signatures. ' +
      'Change, restore and delete nothing yet: the damaged objects are evidence. ' +
      'Read the newest document under verifications/, then run `verify` from a terminal, and find out who could write to the store. ' +
      'The alarm stays in ALARM until a finished verification finds no damage. Until then, further damage sends no notification.',
    metric: metric(METRICS.storeDamaged).with({ period: KEPT_PERIOD }),
    threshold: 0,
    // A verification is weekly, and damage doesn't go away in between.
    treatMissingData: TreatMissingData.IGNORE,
  }),
  CheckFailed: ({ metric }) => ({
    means:
      'The daily check before the run failed, so the run will probably fail, too, or publish without a signature. A day without a snapshot is lost. ' +
      'Invoke the function with {"check": true}: it lists what failed, such as a token that was revoked, and what to do. ' +
      'Fix that before the run. After the first deployment, store the token. ' +
      'The alarm returns to OK within two hours, even if nothing was fixed.',
    metric: metric(METRICS.checkFailed),
    threshold: 0,
  }),
  TokenOld: ({ metric, maxTokenAgeDays }) => ({
    means:
      'The Anodot token was stored longer ago than maxTokenAgeDays allows. Snapshots are not affected. ' +
      'Create another token in Anodot, store it in the secret, and invoke the function. Then revoke the old token in Anodot. ' +
      'The alarm fires once. It returns to OK after the next check, which reads the new token.',
    metric: metric(METRICS.tokenAgeDays).with({ period: KEPT_PERIOD }),
    threshold: maxTokenAgeDays,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    // Only a check measures the age. If the alarm returned to OK between two checks, it would fire every day.
    treatMissingData: TreatMissingData.IGNORE,
  }),
  CommitUnsigned: ({ metric }) => ({
    means:
      'A snapshot was published without a signature. It is complete and in the chain of commits, but it will never be signed. ' +
      'The log of the run says why, as a warning: for example, the key is disabled, or its policy was changed. Fix that before the next run. ' +
      'The next weekly verification counts the commit again. If no run reported it, the store may have been rewritten. ' +
      'Note the number of the commit. For `verify --signed-from`, it counts as damaged unless `--unsigned` names it.',
    metric: metric(METRICS.commitUnsigned),
    threshold: 0,
  }),
} as const satisfies { readonly [name: string]: (watched: Watched) => Rule };

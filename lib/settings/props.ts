import * as z from 'zod';
import type { UserSnapshotsProps } from '../user-snapshots-props.ts';
import { conflictsOf, OPTIONS, type Problem, read, withStandard, words } from './options.ts';

const SCHEMA = z.object({
  ...OPTIONS,
  instance: words(/^[\w.-]{1,64}$/, '1 to 64 letters, digits, _, - and .'),
});

/**
 * What the props say in words and figures, and what holds where they say nothing.
 * @throws Error that lists every prop that isn't allowed, or not with another
 */
export function choicesOf(props: UserSnapshotsProps) {
  const given = Object.fromEntries(Object.entries(props).filter(([name]) => name in SCHEMA.shape));
  const { good, problems } = read(SCHEMA, given);
  const bad = [...problems, ...conflictsOf(good), ...conflictsOfReferences(props)];
  if (bad.length > 0) {
    const lines = bad.map(({ name, allowed }) => `- ${name}: allowed is ${allowed}`);
    throw new Error(`mend these props of UserSnapshots:\n${lines.join('\n')}`);
  }
  return { ...withStandard(good), instance: good.instance };
}

function conflictsOfReferences(props: UserSnapshotsProps): Problem[] {
  const problems: Problem[] = [];
  for (const name of ['retentionDays', 'rawRetentionDays'] as const)
    if (props.bucket && props[name] !== undefined)
      problems.push({ name, allowed: 'nothing, since bucket has a lifecycle of its own' });
  if (props.alarmTopic && props.alarmEmail !== undefined)
    problems.push({ name: 'alarmEmail', allowed: 'nothing, since alarmTopic is given: subscribe to it' });
  for (const name of ['vpcSubnets', 'securityGroups'] as const)
    if (!props.vpc && props[name] !== undefined) problems.push({ name, allowed: 'nothing without vpc' });
  return problems;
}

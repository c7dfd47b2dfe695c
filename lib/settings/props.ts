import type { Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { INSTANCE } from '../../functions/snapshot/setting-rules.ts';
import { readSettings, textOf } from '../../functions/snapshot/setting-values.ts';
import type { UserSnapshotsProps } from '../user-snapshots-props.ts';
import { problemsOfObjects } from './given-objects.ts';
import { didYouMean } from './nearest-name.ts';
import { conflictsOf, conflictsWithBucket, OPTIONS, type Options, type Problem, withDefaults } from './options.ts';
import { problemLine } from './shown.ts';

const SCHEMA = z.object({ ...OPTIONS, instance: textOf(INSTANCE) });
const NAMES = SCHEMA.keyof().options;
const CHOSEN = SCHEMA.partial();

/** The props that aren't CDK objects, with their defaults. The instance has none here: it is derived from the construct. */
export type Choices = Options & { readonly instance?: string | undefined };

/** The props that are CDK objects, which are used instead of new ones. */
export type GivenObjects = Omit<UserSnapshotsProps, keyof Choices>;

const OBJECTS = {
  tokenSecret: true,
  bucket: true,
  encryptionKey: true,
  alarmTopic: true,
  vpc: true,
  vpcSubnets: true,
  securityGroups: true,
} as const satisfies { readonly [name in keyof GivenObjects]-?: true };
const ALL_NAMES: readonly string[] = [...NAMES, ...Object.keys(OBJECTS)];

/**
 * Reads the props that aren't CDK objects, and completes them with their defaults. It also checks what is known of the objects before
 * deployment.
 * @param stack that will contain everything
 * @throws Error that lists every prop that is unknown, invalid, or conflicts with another
 */
export function choicesOf(props: UserSnapshotsProps, stack: Stack): Choices {
  const given = Object.fromEntries(NAMES.map((name) => [name, props[name]]));
  const { valid, problems } = readSettings(CHOSEN, given);
  const all = [
    ...unknownIn(props),
    ...problems,
    ...conflictsOf(valid),
    ...conflictsOfObjects(props),
    ...problemsOfObjects(props, stack),
  ];
  if (all.length > 0) throw new Error(['invalid props of UserSnapshots:', ...all.map(problemLine)].join('\n'));
  return { ...valid, ...withDefaults(valid) };
}

/** Props that don't exist. The compiler finds them in TypeScript, but not in JavaScript. */
const unknownIn = (props: object): Problem[] =>
  Object.entries(props)
    .filter(([name, value]) => value !== undefined && !ALL_NAMES.includes(name))
    .map(([name]) => [name, `unknown prop. ${didYouMean(name, ALL_NAMES, 'props')}`]);

function conflictsOfObjects(props: UserSnapshotsProps): Problem[] {
  const problems = props.bucket ? conflictsWithBucket(props, 'bucket') : [];
  if (props.alarmTopic && props.alarmEmail !== undefined)
    problems.push(['alarmEmail', 'not allowed with alarmTopic: subscribe to that topic']);
  for (const name of ['vpcSubnets', 'securityGroups'] as const)
    if (!props.vpc && props[name] !== undefined) problems.push([name, 'not allowed without vpc']);
  return problems;
}

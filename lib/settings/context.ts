import * as z from 'zod';
import { BUCKET_NAME, SECRET_ID } from '../../functions/snapshot/setting-rules.ts';
import { readSettings, textOf } from '../../functions/snapshot/setting-values.ts';
import { nearestName } from './nearest-name.ts';
import { conflictsOf, OPTIONS, type Problem, withDefaults } from './options.ts';

const KEY_ARN = String.raw`arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})`;
const SECRET = 'the name of a secret, or its complete ARN including the six characters that AWS appends';
/** What an Anodot token looks like. In place of its secret's name it would end up in the template, for all to read. */
const TOKEN = /^(?:eyJ|[0-9a-fA-F]{32,}$)/;
/** The policy of the function names the complete ARN. */
const PARTIAL_ARN = /^arn:(?!.*-[A-Za-z0-9]{6}$)/;

/** The settings of the app: the construct's options, and what stands for CDK's objects in text. */
const SCHEMA = z.object({
  ...OPTIONS,
  stackName: textOf({
    pattern: /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
    expected: 'a letter and up to 127 letters, digits and -',
  }),
  tokenSecret: textOf({ ...SECRET_ID, expected: SECRET }).refine(
    (id) => !TOKEN.test(id) && !PARTIAL_ARN.test(id),
    `expected ${SECRET}`,
  ),
  tokenSecretKey: textOf({ pattern: new RegExp(`^${KEY_ARN}$`), expected: 'the ARN of a KMS key (not of an alias)' }),
  bucketName: textOf(BUCKET_NAME),
  kmsKey: textOf({
    pattern: new RegExp(`^(?:create|${KEY_ARN})$`),
    expected: '`create`, or the ARN of a KMS key (not of an alias)',
  }),
});
const CHOSEN = SCHEMA.partial();
type Chosen = z.output<typeof CHOSEN>;
const NAMES: readonly string[] = SCHEMA.keyof().options;

/** Context that CDK itself reads, or writes after a lookup. */
const OF_CDK = /[:@/]|^cdk-|^cli-|^acknowledged-issue-numbers$/;

/** The context is invalid. The message lists every bad key. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

export type Settings = ReturnType<typeof parseSettings>;

/**
 * Reads the app's settings from CDK context, and completes them with their defaults.
 * @param region of the stack, if it is known
 * @throws ContextError that lists every unknown, invalid or conflicting key: what was expected, and what was given
 */
export function parseSettings(context: { readonly [key: string]: unknown }, region?: string) {
  const given = Object.entries(context).filter(([key]) => !OF_CDK.test(key));
  const known = Object.fromEntries(given.filter(([key]) => NAMES.includes(key)));
  const unknown = given.filter(([key]) => !NAMES.includes(key));
  const { valid, problems } = readSettings(CHOSEN, known);
  const lines = [
    ...unknown.map(([key]) => aboutUnknown(key)),
    ...[...problems].map(([name, problem]) => `- ${name}: ${problem}, got ${shown(name, known[name])}`),
    ...[...conflictsOf(valid), ...conflictsOfReferences(valid), ...conflictsOfRegions(valid, region)].map(
      ([name, problem]) => `- ${name}: ${problem}`,
    ),
  ];
  if (lines.length > 0)
    throw new ContextError(`invalid CDK context (-c NAME=VALUE, or cdk.json):\n${lines.join('\n')}`);
  return { ...valid, ...withDefaults(valid) };
}

function aboutUnknown(key: string): string {
  const nearest = nearestName(key, NAMES);
  return `- ${key}: unknown setting. ${nearest ? `Did you mean ${nearest}?` : `Settings are ${NAMES.join(', ')}`}`;
}

function shown(name: string, given: unknown): string {
  const text = JSON.stringify(given) ?? 'nothing';
  // It may be the token, in place of its secret's name, or a URL that holds a password.
  if (name === 'tokenSecret' || (name === 'anodotUrl' && text.includes('@'))) return 'a value that is not shown';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** CDK can set neither lifecycle nor key of an existing bucket, and can't know the key of a secret that is only named. */
function conflictsOfReferences(chosen: Chosen): Problem[] {
  const problems: Problem[] = [];
  if (chosen.tokenSecretKey !== undefined && !chosen.tokenSecret?.startsWith('arn:'))
    problems.push(['tokenSecretKey', 'not allowed unless tokenSecret is the ARN of a secret']);
  if (chosen.bucketName === undefined) return problems;
  for (const name of ['retentionDays', 'rawRetentionDays'] as const)
    if (chosen[name] !== undefined)
      problems.push([name, 'not allowed with bucketName: set the lifecycle on that bucket']);
  if (chosen.kmsKey === 'create')
    problems.push(['kmsKey', "`create` is not allowed with bucketName: give the ARN of that bucket's key"]);
  return problems;
}

/** What an ARN names is used by a function, a bucket or a secret of the stack's region, and KMS and IAM would ignore it from another. */
function conflictsOfRegions(chosen: Chosen, region: string | undefined): Problem[] {
  const given = (['kmsKey', 'tokenSecret', 'tokenSecretKey'] as const).flatMap((name) => {
    const [, , , own] = chosen[name]?.split(':') ?? [];
    return own === undefined ? [] : [{ name, own }];
  });
  const [first] = given;
  if (region)
    return given
      .filter(({ own }) => own !== region)
      .map(({ name, own }) => [
        name,
        `it is in ${own}, but the stack is deployed to ${region}: give one in ${region}, or deploy with AWS_REGION=${own}`,
      ]);
  return given
    .filter(({ own }) => own !== first?.own)
    .map(({ name, own }) => [
      name,
      `it is in ${own}, but ${first?.name} is in ${first?.own}: both must be in the region of the stack`,
    ]);
}

import * as z from 'zod';
import { BUCKET_NAME } from '../../functions/snapshot/setting-rules.ts';
import { readSettings, textOf } from '../../functions/snapshot/setting-values.ts';
import { InvalidSettingsError } from './invalid-settings-error.ts';
import { nearestName } from './nearest-name.ts';
import { conflictsOf, OPTIONS, type Problem, withDefaults } from './options.ts';
import { NO_FILE, SETTINGS_FILE, type SettingsFile } from './settings-file.ts';

const KEY_ARN = String.raw`arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})`;
const SECRET = 'the name of a secret, or its complete ARN including the six characters that AWS appends';
/**
 * The name of a secret or its complete ARN, which the function's policy names. A token in its place would end up in the template, where
 * anyone could read it, so what looks like a token is rejected.
 */
const TOKEN_SECRET =
  /^(?!eyJ|[0-9a-fA-F]{32,}$)(?:[\w/+=.@-]{1,512}|arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}-[A-Za-z0-9]{6})$/;

export const DEFAULT_STACK_NAME = 'anodot-user-snapshots';

/** The settings of the app: the construct's options, and text in place of CDK objects. */
export const SCHEMA = z.object({
  ...OPTIONS,
  stackName: textOf({
    pattern: /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
    expected: 'a letter and up to 127 letters, digits and -',
  }).meta({
    title: 'Stack name',
    description:
      'Name of the CloudFormation stack. Deploy a second installation to the same account by giving it another stackName and athenaDatabase.',
    examples: ['anodot-staging'],
  }),
  tokenSecret: textOf({ pattern: TOKEN_SECRET, expected: SECRET }).meta({
    title: 'Secret of the token',
    description:
      'Name or complete ARN of an existing Secrets Manager secret that holds the Anodot token. Never the token itself. An ARN must be in the region of the stack. By default a secret without a value is created.',
    examples: ['anodot/token', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot/token-AbCdEf'],
  }),
  tokenSecretKey: textOf({
    pattern: new RegExp(`^${KEY_ARN}$`),
    expected: 'the ARN of a KMS key (not of an alias)',
  }).meta({
    title: 'KMS key of the secret',
    description:
      'ARN of the KMS key that encrypts tokenSecret, in the region of the stack. Requires tokenSecret to be an ARN. By default the secret is expected to use the AWS managed key.',
    examples: ['arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  }),
  bucketName: textOf(BUCKET_NAME).meta({
    title: 'Existing bucket',
    description:
      'Name of an existing bucket to store the snapshots in, in the region of the stack. It keeps its own lifecycle rules and encryption. By default a bucket is created.',
    examples: ['company-access-records'],
  }),
  kmsKey: textOf({
    pattern: new RegExp(`^(?:create|${KEY_ARN})$`),
    expected: '`create`, or the ARN of a KMS key (not of an alias)',
  }).meta({
    title: 'KMS key of the bucket',
    description:
      "`create` to create a KMS key for the bucket, or the ARN of an existing key in the region of the stack. With bucketName, the ARN of that bucket's key. By default S3-managed keys are used.",
    examples: ['create', 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  }),
});
const CHOSEN = SCHEMA.partial();
type Chosen = z.output<typeof CHOSEN>;
const NAMES: readonly string[] = SCHEMA.keyof().options;

/** Context that CDK itself reads, or writes after a lookup. */
const OF_CDK = /[:@/]|^cdk-|^cli-|^acknowledged-issue-numbers$/;
/** In a settings file, the path of its JSON Schema, for editors. */
const OF_EDITORS = '$schema';

export type Settings = ReturnType<typeof parseSettings>;

/**
 * Reads the app's settings from CDK context and the settings file, and completes them with their defaults. A setting in the context takes
 * precedence over the same setting in the file, even if it is blank.
 * @param region of the stack, if it is known
 * @throws InvalidSettingsError that lists every unknown, invalid or conflicting setting: what was expected, and what was given
 */
export function parseSettings(
  context: { readonly [key: string]: unknown },
  region?: string,
  file: SettingsFile = NO_FILE,
) {
  const inContext = new Map(Object.entries(context).filter(([key]) => !OF_CDK.test(key)));
  const inFile = new Map(Object.entries(file.values).filter(([key]) => key !== OF_EDITORS && !inContext.has(key)));
  const given = new Map([...inFile, ...inContext]);
  const known = Object.fromEntries([...given].filter(([key]) => NAMES.includes(key)));
  const { valid, problems } = readSettings(CHOSEN, known);
  const all: Problem[] = [
    ...file.problems,
    ...problemsOfSchema(file.values[OF_EDITORS]),
    ...[...given.keys()].filter((key) => !NAMES.includes(key)).map((key): Problem => [key, unknownSetting(key)]),
    ...[...problems].map(([name, problem]): Problem => [name, `${problem}, got ${shown(name, known[name])}`]),
    ...conflictsOf(valid),
    ...conflictsOfReferences(valid),
    ...conflictsOfRegions(valid, region),
  ];
  if (all.length > 0) throw invalid(all, (name) => inContext.has(name));
  return { ...valid, ...withDefaults(valid) };
}

/** The error with all problems: those in the context, then those in the file. */
function invalid(problems: readonly Problem[], isInContext: (name: string) => boolean): InvalidSettingsError {
  const places = [
    ['CDK context (-c NAME=VALUE, or cdk.json)', problems.filter(([name]) => isInContext(name))],
    [SETTINGS_FILE, problems.filter(([name]) => !isInContext(name))],
  ] as const;
  const lines = places.flatMap(([place, found]) =>
    found.length > 0 ? [`invalid ${place}:`, ...found.map(([name, problem]) => `- ${name}: ${problem}`)] : [],
  );
  return new InvalidSettingsError(lines.join('\n'));
}

const problemsOfSchema = (given: unknown): Problem[] =>
  given === undefined || typeof given === 'string' ? [] : [[OF_EDITORS, 'expected the path of the JSON Schema']];

function unknownSetting(key: string): string {
  if (OF_CDK.test(key)) return "unknown setting. CDK's own context belongs in cdk.json";
  const nearest = nearestName(key, NAMES);
  return `unknown setting. ${nearest ? `Did you mean ${nearest}?` : `Settings are ${NAMES.join(', ')}`}`;
}

function shown(name: string, given: unknown): string {
  const text = JSON.stringify(given) ?? 'nothing';
  // It may be the token in place of its secret's name, or a URL with a password.
  if (name === 'tokenSecret' || (name === 'anodotUrl' && text.includes('@'))) return 'a value that is not shown';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** CDK can set neither the lifecycle nor the key of an existing bucket, and can't know the key of a secret given by name. */
function conflictsOfReferences(chosen: Chosen): Problem[] {
  const problems: Problem[] = [];
  if (chosen.tokenSecretKey !== undefined && !chosen.tokenSecret?.startsWith('arn:'))
    problems.push(['tokenSecretKey', 'not allowed unless tokenSecret is the ARN of a secret']);
  if (chosen.bucketName === undefined) return problems;
  for (const name of ['retentionDays', 'rawRetentionDays'] as const)
    if (chosen[name] !== undefined)
      problems.push([name, 'not allowed with bucketName: set the lifecycle on that bucket']);
  if (chosen.kmsKey === 'create')
    problems.push(['kmsKey', "`create` is not allowed with bucketName: set the ARN of that bucket's key"]);
  return problems;
}

/** A key or secret given as an ARN must be in the stack's region: KMS and IAM ignore one of another region. */
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
        `it is in ${own}, but the stack is deployed to ${region}: use one in ${region}, or deploy with AWS_REGION=${own}`,
      ]);
  return given
    .filter(({ own }) => own !== first?.own)
    .map(({ name, own }) => [
      name,
      `it is in ${own}, but ${first?.name} is in ${first?.own}: both must be in the stack's region`,
    ]);
}

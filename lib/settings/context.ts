import * as z from 'zod';
import { nearestName } from './nearest-name.ts';
import { conflictsOf, OPTIONS, type Problem, read, words } from './options.ts';

const ACCOUNT_ARN = String.raw`arn:aws[\w-]*:SERVICE:[a-z0-9-]+:\d{12}:`;
const KEY_ID = 'key/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})';
const arn = (service: string, rest: string) => ACCOUNT_ARN.replace('SERVICE', service) + rest;

/** The settings of the app: those of the construct, and references that are names here and objects there. */
const SCHEMA = z.object({
  ...OPTIONS,
  stackName: words(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'a letter and up to 127 letters, digits and -'),
  tokenSecret: words(
    // Not what looks like the token itself, which would lie open in the template.
    new RegExp(
      `^(?!eyJ|[0-9a-fA-F]{32,}$)(?:${arn('secretsmanager', String.raw`secret:[\w/+=.@-]{1,512}-[A-Za-z0-9]{6}`)}|[\\w/+=.@-]{1,512})$`,
    ),
    'the name of a secret, or its whole ARN with the six characters that AWS ends it with',
  ),
  tokenSecretKey: words(new RegExp(`^${arn('kms', KEY_ID)}$`), 'the ARN of a KMS key (not of an alias)'),
  bucketName: words(
    /^(?=.{3,63}$)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*(?<!-)$/,
    "a bucket's name: 3 to 63 of a-z, 0-9, - and .",
  ),
  kmsKey: words(
    new RegExp(`^(?:create|${arn('kms', KEY_ID)})$`),
    '`create`, or the ARN of a KMS key (not of an alias)',
  ),
});
export type Settings = z.infer<typeof SCHEMA>;

const NAMES = Object.keys(SCHEMA.shape);
/** Context that CDK itself reads, or writes down after a look-up. */
const OF_CDK = /[:@/]|^cdk-|^cli-|^acknowledged-issue-numbers$/;

/** Context that isn't as it must be. Its message lists every bad key. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/**
 * Reads the app's settings from CDK context.
 * @throws ContextError that lists every bad key: what was given, what is allowed, and for an unknown one the nearest name
 */
export function parseSettings(context: { readonly [key: string]: unknown }): Settings {
  const given = Object.entries(context).filter(([key]) => !OF_CDK.test(key));
  const known = Object.fromEntries(given.filter(([key]) => NAMES.includes(key)));
  const unknown = given.filter(([key]) => !NAMES.includes(key)).map(([key]) => aboutUnknown(key));
  const { good, problems } = read(SCHEMA, known);
  const bad = [...problems, ...conflictsOf(good), ...conflictsOfReferences(good)];
  const lines = [...unknown, ...bad.map((problem) => aboutBad(problem, known[problem.name]))];
  if (lines.length > 0)
    throw new ContextError(`mend the CDK context (-c KEY=VALUE, or cdk.json):\n${lines.join('\n')}`);
  return good;
}

function aboutUnknown(key: string): string {
  const nearest = nearestName(key, NAMES);
  return `- ${key}: there is no such setting. ${nearest ? `Did you mean ${nearest}?` : `There are: ${NAMES.join(', ')}`}`;
}

function aboutBad({ name, allowed }: Problem, given: unknown): string {
  const shown = JSON.stringify(given) ?? 'nothing';
  // A token may stand where its secret's name belongs, and a password in an URL.
  const hidden = name === 'tokenSecret' || (name === 'anodotUrl' && shown.includes('@'));
  const short = shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
  return `- ${name}: ${hidden ? 'a value that is not shown' : short} was given; allowed is ${allowed}`;
}

/** CDK can give a bucket that exists already neither a lifecycle nor a key; of a secret's name it knows no key. */
function conflictsOfReferences(settings: Settings): Problem[] {
  const problems: Problem[] = [];
  if (settings.tokenSecretKey !== undefined && !settings.tokenSecret?.startsWith('arn:'))
    problems.push({ name: 'tokenSecretKey', allowed: 'nothing, since tokenSecret is not the ARN of a secret' });
  if (settings.bucketName === undefined) return problems;
  for (const name of ['retentionDays', 'rawRetentionDays'] as const)
    if (settings[name] !== undefined)
      problems.push({ name, allowed: 'nothing, since bucketName names a bucket that exists: set its lifecycle there' });
  if (settings.kmsKey === 'create')
    problems.push({
      name: 'kmsKey',
      allowed: "the ARN of the bucket's key, since bucketName names a bucket that exists",
    });
  return problems;
}

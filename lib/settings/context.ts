import type * as z from 'zod';
import { readSettings } from '../../functions/snapshot/setting-values.ts';
import { SCHEMA } from './app-schema.ts';
import { InvalidSettingsError } from './invalid-settings-error.ts';
import { didYouMean } from './nearest-name.ts';
import { conflictsOf, conflictsWithBucket, type Problem, withDefaults } from './options.ts';
import { NO_FILE, SETTINGS_FILE, type SettingsFile } from './settings-file.ts';
import { problemLine, shownValue } from './shown.ts';

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
    ...[...problems].map(([name, problem]): Problem => [name, `${problem}, got ${shownValue(name, known[name])}`]),
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
    ['CDK context (-c NAME=VALUE, cdk.json or cdk.context.json)', problems.filter(([name]) => isInContext(name))],
    [SETTINGS_FILE, problems.filter(([name]) => !isInContext(name))],
  ] as const;
  const lines = places.flatMap(([place, found]) =>
    found.length > 0 ? [`invalid ${place}:`, ...found.map(problemLine)] : [],
  );
  return new InvalidSettingsError(lines.join('\n'));
}

const problemsOfSchema = (given: unknown): Problem[] =>
  given === undefined || typeof given === 'string' ? [] : [[OF_EDITORS, 'expected the path of the JSON Schema']];

function unknownSetting(key: string): string {
  if (OF_CDK.test(key)) return "unknown setting. CDK's own context belongs in cdk.json";
  return `unknown setting. ${didYouMean(key, NAMES, 'settings')}`;
}

/** CDK can set neither the lifecycle nor the key of an existing bucket, and can't know the key of a secret given by name. */
function conflictsOfReferences(chosen: Chosen): Problem[] {
  const problems: Problem[] = [];
  if (chosen.tokenSecretKey !== undefined && !chosen.tokenSecret?.startsWith('arn:'))
    problems.push(['tokenSecretKey', 'not allowed unless tokenSecret is the ARN of a secret']);
  if (chosen.bucketName === undefined) return problems;
  problems.push(...conflictsWithBucket(chosen, 'bucketName'));
  if (chosen.kmsKey === 'create')
    problems.push(['kmsKey', "create is not allowed with bucketName: set the ARN of that bucket's key"]);
  return problems;
}

/** A key or secret given as an ARN must be in the stack's region: KMS and IAM ignore one from another region. */
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

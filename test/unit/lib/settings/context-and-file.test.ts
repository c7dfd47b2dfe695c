import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSettings } from '../../../../lib/settings/context.ts';
import { UserSnapshotsStack } from '../../../../lib/user-snapshots-stack.ts';
import { newEmptyApp } from '../../../support/cdk/synthesis.ts';

type Values = { readonly [name: string]: unknown };
const parse = (context: Values, values: Values) => parseSettings(context, undefined, { values, problems: [] });

/** The message of the error; undefined if the settings are valid. */
function errorFor(context: Values, values: Values): string | undefined {
  try {
    parse(context, values);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('settings.json sets what the context does not', () => {
  expect(parse({ athena: 'false' }, { retentionDays: 30 })).toEqual(
    parse({ athena: 'false', retentionDays: '30' }, {}),
  );
});

test('a setting in the context takes precedence over settings.json, even if it is invalid there', () => {
  expect(parse({ retentionDays: '30' }, { retentionDays: 800 }).retentionDays).toBe(30);
  expect(parse({ retentionDays: '30' }, { retentionDays: 'long' }).retentionDays).toBe(30);
});

test('a blank setting in the context unsets it, so that its default applies', () => {
  expect(parse({ retentionDays: '' }, { retentionDays: 800 })).toEqual(parse({}, {}));
});

test('text in settings.json is read like text from the command line', () => {
  const text = { formats: 'csv, json', keepRaw: 'false', retentionDays: '30', maxDropPercent: ' 12.5' };
  expect(parse({}, text)).toEqual(parse(text, {}));
  expect(parse({}, text)).toEqual(
    parse({}, { formats: ['csv', 'json'], keepRaw: false, retentionDays: 30, maxDropPercent: 12.5 }),
  );
});

test('$schema is for editors, and must be text', () => {
  expect(parse({}, { $schema: './docs/settings.schema.json' })).toEqual(parse({}, {}));
  expect(errorFor({}, { $schema: 1 })).toBe('invalid settings.json:\n- $schema: expected the path of the JSON Schema');
});

test('one error lists every problem, first those of the context and then those of settings.json', () => {
  expect(
    errorFor({ formats: 'xml', bucketName: 'company' }, { retentionDays: 30, keepRaw: 1, alarmMail: 'a@b.c' }),
  ).toBe(
    [
      'invalid CDK context (-c NAME=VALUE, cdk.json or cdk.context.json):',
      '- formats: expected a comma-separated list of json, csv, got "xml"',
      'invalid settings.json:',
      '- alarmMail: unknown setting. Did you mean alarmEmail?',
      '- keepRaw: expected true or false, got 1',
      '- retentionDays: not allowed with bucketName: set the lifecycle on that bucket',
    ].join('\n'),
  );
});

test("CDK's own context is unknown in settings.json, and the error says that it belongs in cdk.json", () => {
  expect(errorFor({}, { '@aws-cdk/aws-iam:minimizePolicies': false })).toBe(
    `invalid settings.json:\n- "@aws-cdk/aws-iam:minimizePolicies": unknown setting. CDK's own context belongs in cdk.json`,
  );
});

test('a setting that is set more than once in settings.json is listed with all other problems', () => {
  const file = { values: { athena: false }, problems: [['athena', 'set more than once, in lines 2 and 4'] as const] };
  expect(() => parseSettings({ api: 'open' }, undefined, file)).toThrow(
    /- api: .*\ninvalid settings\.json:\n- athena: set more than once, in lines 2 and 4$/,
  );
});

test('neither a token nor a password in settings.json is shown', () => {
  const error = errorFor(
    {},
    { tokenSecret: 'eyJhbGciOiJIUzI1NiJ9', anodotUrl: 'https://user:password@app.anodot.com' },
  );
  expect(error).toContain('- tokenSecret: ');
  expect(error).toContain('- anodotUrl: ');
  expect(error).not.toMatch(/eyJhb|password@/);
});

/** Valid values of settings that don't conflict. */
const SOME: Values = {
  retentionDays: 800,
  prefix: 'access',
  api: 'iam',
  athena: true,
  formats: ['json'],
  memorySize: 512,
};

test('equal settings are read the same, wherever they are set and in whatever order', () => {
  const expected = JSON.stringify(parse(SOME, {}));
  fc.assert(
    fc.property(
      fc.shuffledSubarray(Object.entries(SOME)),
      fc.shuffledSubarray(Object.entries(SOME)),
      (some, others) => {
        const inFile = { ...Object.fromEntries(others), ...SOME };
        expect(JSON.stringify(parse(Object.fromEntries(some), inFile))).toBe(expected);
      },
    ),
  );
});

test('equal settings give the same template byte by byte', () => {
  const templateFor = (context: Values, values: Values) => {
    const stack = new UserSnapshotsStack(newEmptyApp(), 'users', { settings: parse(context, values) });
    return JSON.stringify(Template.fromStack(stack).toJSON());
  };
  const reversed = Object.fromEntries(Object.entries(SOME).reverse());
  expect(templateFor({}, reversed)).toBe(templateFor(SOME, {}));
});

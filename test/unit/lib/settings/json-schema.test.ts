import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { readSettings } from '../../../../functions/snapshot/setting-values.ts';
import { SCHEMA } from '../../../../lib/settings/app-schema.ts';
import { settingsSchema } from '../../../../lib/settings/json-schema.ts';
import { spelledNumber, spelledWholeNumber } from '../../../../lib/settings/spelled.ts';

const NAMES = SCHEMA.keyof().options;
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const isValid = new Ajv2020({ allowUnionTypes: true }).compile(settingsSchema());
/** Whether the app accepts a value of a setting by itself. */
const isRead = (name: string, value: unknown) => readSettings(SCHEMA.partial(), { [name]: value }).problems.size === 0;

test('docs/settings.schema.json is what `npm run schema:settings` writes', async () => {
  const text = await readFile(join(import.meta.dirname, '../../../../docs/settings.schema.json'), 'utf8');
  expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(settingsSchema()));
});

const PROPERTY = z.looseObject({
  title: z.string().min(3),
  description: z.string().regex(/\.$/),
  examples: z.array(z.unknown()).min(1),
  default: z.unknown().optional(),
});
const { properties } = z.looseObject({ properties: z.record(z.string(), z.unknown()) }).parse(settingsSchema());

test('the schema describes every setting, with examples and a default that are valid', () => {
  const { $schema: _, ...settings } = properties;
  expect(Object.keys(settings)).toEqual(NAMES);
  for (const [name, property] of Object.entries(settings)) {
    const { examples, default: given = examples[0] } = PROPERTY.parse(property);
    for (const value of [...examples, given]) {
      expect(isValid({ [name]: value }), `${name} ${JSON.stringify(value)}`).toBe(true);
      expect(isRead(name, value), `${name} ${JSON.stringify(value)}`).toBe(true);
    }
  }
});

/** Values near what some setting accepts. */
const WORDS = [
  'true',
  'false',
  'json',
  'csv',
  'iam',
  'off',
  'create',
  'default',
  'eyJ',
  'a1',
  'A',
  '..',
  '-',
  'https://',
  '192.168.1.1',
  'xn--',
  '-s3alias',
  KEY,
  ',',
];
const near = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...' \t\n/.:=_@-0123456789aäZ'), fc.nat(12_000)), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
const spaced = fc
  .tuple(fc.constantFrom('', ' ', '\n'), near, fc.constantFrom('', ' ', '\t '))
  .map((parts) => parts.join(''));
const time = fc
  .tuple(fc.nat(24), fc.nat(60))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const long = fc
  .tuple(fc.constantFrom('a', 'a/', 'A0', '.', '=', '1'), fc.nat(530))
  .map(([text, count]) => text.repeat(count));
const example = fc.constantFrom(
  ...Object.values(properties).flatMap((property) => PROPERTY.partial().parse(property).examples ?? []),
);
/** An example with one character changed, or none. */
const edited = fc.tuple(example, fc.nat(), fc.constantFrom('', ' ', '-', '0', 'G', '/')).map(([value, at, text]) => {
  if (typeof value !== 'string') return value;
  const place = at % (value.length + 1);
  return value.slice(0, place) + text + value.slice(place + 1);
});
const value = fc.oneof(
  spaced,
  time,
  long,
  edited,
  fc.jsonValue(),
  fc.nat(12_000),
  fc.double(),
  fc.boolean(),
  fc.constant(['csv']),
);

test.each(NAMES)('the schema and the app accept the same values of %s', (name) => {
  fc.assert(
    fc.property(value, (given) => {
      expect(isValid({ [name]: given })).toBe(isRead(name, given));
    }),
    { numRuns: 400 },
  );
});

test('the schema accepts no unknown setting, and $schema as text only', () => {
  expect(isValid({ $schema: './docs/settings.schema.json' })).toBe(true);
  expect(isValid({ $schema: 1 })).toBe(false);
  expect(isValid({ retentionDay: 3 })).toBe(false);
});

const bounds = fc
  .tuple(fc.nat(20_000), fc.integer({ min: 1, max: 20_000 }))
  .map(([min, more]) => [min, min + more] as const);

test('a pattern of whole numbers matches exactly those from the smallest to the largest', () => {
  fc.assert(
    fc.property(bounds, fc.nat(50_000), ([min, max], given) => {
      const pattern = new RegExp(spelledWholeNumber(min, max), 'u');
      for (const one of [given, min, max, min - 1, max + 1].filter((number) => number >= 0))
        for (const text of [`${one}`, `00${one}`, ` ${one}.0 `])
          expect(pattern.test(text)).toBe(one >= min && one <= max);
      expect(pattern.test(`${min}.5`)).toBe(false);
    }),
  );
});

test('a pattern of numbers matches exactly those from the smallest to the largest', () => {
  fc.assert(
    fc.property(bounds, fc.nat(5_000_000), ([min, max], hundredths) => {
      const pattern = new RegExp(spelledNumber(min, max), 'u');
      for (const one of [hundredths / 100, min, max, max + 0.01, min - 0.01].filter((number) => number >= 0))
        expect(pattern.test(one.toFixed(2))).toBe(one >= min && one <= max);
    }),
  );
});

import * as z from 'zod';
import { DEFAULTS } from '../../functions/snapshot/contract.ts';
import { DEFAULT_STACK_NAME, SCHEMA } from './app-schema.ts';
import { spelled, spelledFlag, spelledList, spelledNumber, spelledText, spelledWholeNumber } from './spelled.ts';

/** What zod knows of a setting: the value that is read, and the texts next to its rule. */
const DESCRIBED = { title: z.string(), description: z.string(), examples: z.array(z.unknown()).min(1) };
const READ = z.union([
  z.object({ ...DESCRIBED, type: z.literal('boolean') }),
  z.object({ ...DESCRIBED, type: z.enum(['integer', 'number']), minimum: z.int(), maximum: z.int() }),
  z.object({ ...DESCRIBED, type: z.literal('string'), pattern: z.string() }),
  z.object({ ...DESCRIBED, type: z.literal('string'), const: z.string() }),
  z.object({
    ...DESCRIBED,
    type: z.literal('array'),
    minItems: z.int(),
    items: z.union([
      z.object({ enum: z.array(z.string()) }),
      z.object({ type: z.literal('string'), pattern: z.string() }),
    ]),
  }),
]);
type Read = z.output<typeof READ>;

const DEFAULT_VALUES: { readonly [name: string]: unknown } = {
  ...DEFAULTS.run,
  ...DEFAULTS.deployment,
  api: 'off',
  stackName: DEFAULT_STACK_NAME,
};

/**
 * The JSON Schema of settings.json. Its rule for each setting accepts the same values as the app's. The app also checks which settings can
 * be combined, and whether `anodotUrl` is a host to which the token may be sent.
 */
export function settingsSchema(): object {
  const { properties } = z.object({ properties: z.record(z.string(), READ) }).parse(z.toJSONSchema(SCHEMA));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of anodot-user-snapshots',
    description:
      'Settings of the deployment, in settings.json next to cdk.json. Settings passed with `-c NAME=VALUE`, or in the context of cdk.json, take precedence. The app also checks which settings can be combined, and which host anodotUrl may name.',
    type: 'object',
    properties: {
      $schema: { title: 'JSON Schema', description: 'Path of this file, for editors.', type: 'string' },
      ...Object.fromEntries(Object.entries(properties).map(([name, read]) => [name, propertyOf(name, read)])),
    },
    additionalProperties: false,
    examples: [{ $schema: './docs/settings.schema.json', alarmEmail: 'security@example.com', retentionDays: 800 }],
  };
}

function propertyOf(name: string, read: Read): object {
  const { title, description, examples } = read;
  const defaultValue = DEFAULT_VALUES[name];
  return {
    title,
    description,
    ...(defaultValue !== undefined && { default: defaultValue }),
    examples,
    ...accepted(read),
  };
}

/** The values that are accepted: the one that is read, and text that spells it. */
function accepted(read: Read): object {
  switch (read.type) {
    case 'boolean':
      return either({ type: read.type }, spelledFlag);
    case 'integer':
    case 'number': {
      const { type, minimum, maximum } = read;
      const pattern = (type === 'integer' ? spelledWholeNumber : spelledNumber)(minimum, maximum);
      return either({ type, minimum, maximum }, pattern);
    }
    case 'array': {
      const { type, minItems, items } = read;
      if ('enum' in items) return either({ type, minItems, items: { enum: items.enum } }, spelledList(items.enum));
      return either(
        { type, minItems, items: { type: items.type, pattern: items.pattern } },
        spelledList([items.pattern]),
      );
    }
    case 'string':
      if ('const' in read) return either({ enum: [read.const, 'off', false] }, spelled(`${read.const}|off|false`));
      return { type: read.type, pattern: spelledText(read.pattern) };
  }
}

const either = (value: object, pattern: string) => ({ anyOf: [value, { type: 'string', pattern }] });

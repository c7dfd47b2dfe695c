import type * as z from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The Hive type that holds every value that a JSON schema allows. Null needs none: every column may be null. */
export function hiveType(schema: JsonSchema | boolean | undefined): string {
  if (typeof schema !== 'object') return unknownType(schema);
  const { anyOf, items, properties, additionalProperties } = schema;
  const [only, ...others] = anyOf?.filter(({ type }) => type !== 'null') ?? [];
  if (only && others.length === 0) return hiveType(only);
  const [type] = [schema.type].flat().filter((one) => one !== 'null');
  switch (type) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'integer':
      return 'bigint';
    case 'number':
      return Number.isInteger(schema.const) ? 'bigint' : unknownType(schema);
    case 'array':
      return `array<${hiveType(Array.isArray(items) ? undefined : items)}>`;
    case 'object':
      return properties ? `struct<${fieldsOf(properties)}>` : `map<string,${hiveType(additionalProperties)}>`;
    default:
      return unknownType(schema);
  }
}

const fieldsOf = (properties: NonNullable<JsonSchema['properties']>): string =>
  Object.entries(properties)
    .map(([name, schema]) => `${name}:${hiveType(schema)}`)
    .join(',');

function unknownType(schema: unknown): never {
  throw new Error(`no Hive type for ${JSON.stringify(schema)}`);
}

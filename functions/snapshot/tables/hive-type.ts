import type * as z from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The Hive type that fits every value of a JSON schema. Null is ignored, since every column may be null. */
export function hiveType(schema: JsonSchema | boolean | undefined): string {
  if (typeof schema !== 'object') return unknownType(schema);
  const { anyOf, items, properties, propertyNames, additionalProperties } = schema;
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
      return fieldsOf(properties ?? namedProperties(propertyNames, additionalProperties), additionalProperties);
    default:
      return unknownType(schema);
  }
}

type Properties = NonNullable<JsonSchema['properties']>;

/** A struct of the named properties. A map if the schema names none. */
function fieldsOf(properties: Properties | undefined, others: JsonSchema['additionalProperties']): string {
  if (!properties) return `map<string,${hiveType(others)}>`;
  const fields = Object.entries(properties).map(([name, schema]) => `${name}:${hiveType(schema)}`);
  return `struct<${fields.join(',')}>`;
}

/** The properties of a record whose keys are a fixed list, such as a count for each state. */
function namedProperties(
  names: JsonSchema['propertyNames'],
  value: JsonSchema['additionalProperties'],
): Properties | undefined {
  const listed = typeof names === 'object' ? names.enum : undefined;
  if (!listed || listed.some(isLost)) return undefined;
  return Object.fromEntries(listed.map((name) => [String(name), value ?? {}]));
}

/** Hive turns the field names of a struct into lower case, so names with upper case must be keys of a map. */
const isLost = (name: unknown): boolean => String(name) !== String(name).toLowerCase();

function unknownType(schema: unknown): never {
  throw new Error(`no Hive type for ${JSON.stringify(schema)}`);
}

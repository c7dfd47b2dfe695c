/** Generates the JSON Schemas of everything that is published, from the program's own schemas and the descriptions in docs/data.md. */
import * as z from 'zod';
import { CHANGE } from '../../functions/snapshot/changes/change.ts';
import { COMMIT } from '../../functions/snapshot/commits/commit.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { GROUP_ROW } from '../../functions/snapshot/group.ts';
import { USER_ROW } from '../../functions/snapshot/user.ts';
import { VERIFICATION } from '../../functions/snapshot/verify/verification-document.ts';
import { fieldsOf, readPage } from './data-page.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

interface Document {
  readonly schema: z.ZodObject;
  /** Of the section of docs/data.md that describes it. */
  readonly heading: string;
  readonly title: string;
}

export const DOCUMENTS = {
  user: { schema: USER_ROW, heading: 'User rows', title: 'A user: one line of users/json/dt=D/users-D.jsonl' },
  group: { schema: GROUP_ROW, heading: 'Group rows', title: 'A group: one line of groups/json/dt=D/groups-D.jsonl' },
  change: { schema: CHANGE, heading: 'Changes', title: 'A change: one line of changes/dt=D/changes-D.jsonl' },
  manifest: { schema: MANIFEST, heading: 'Manifest', title: 'A manifest: manifests/manifest-D.json' },
  commit: { schema: COMMIT, heading: 'Commit', title: 'A commit: commits/00000042.json' },
  run: { schema: RUN_DOCUMENT, heading: 'Run document', title: 'A run document: runs/RUN.json' },
  verification: {
    schema: VERIFICATION,
    heading: 'Verification',
    title: 'A verification: verifications/TIME.json',
  },
} as const satisfies { readonly [name: string]: Document };
export type DocumentName = keyof typeof DOCUMENTS;

export const isDocumentName = (name: string): name is DocumentName => name in DOCUMENTS;
export const DOCUMENT_NAMES: readonly DocumentName[] = Object.keys(DOCUMENTS).filter(isDocumentName);

export const fileOf = (name: DocumentName): URL => new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url);

/**
 * The schema of a document as published: it allows unknown fields, since later versions may add some.
 * @param exact only what this version writes
 */
export function jsonSchemaOf(name: DocumentName, { exact = false } = {}): JsonSchema {
  const { schema, heading, title } = DOCUMENTS[name];
  const { $schema, ...generated } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly; // says only how the program's own types treat a list
      if (Number.isInteger(jsonSchema.const)) jsonSchema.type = 'integer';
      if (!exact && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const described = new Map(fieldsOf(readPage('data'), heading).map((field) => [field.name, field.meaning]));
  for (const [path, field] of pathsOf(generated)) {
    const description = described.get(path);
    if (!description) throw new Error(`docs/data.md doesn't describe ${path} under "${heading}"`);
    const format = formatOf(path);
    if (format && isText(field)) Object.assign(field, format);
    field.description = description;
  }
  return { ...($schema !== undefined && { $schema }), title, ...generated };
}

const [DATE, TIME] = [z.iso.date(), z.iso.datetime()].map((one) => {
  const { format, pattern } = z.toJSONSchema(one);
  return { format, pattern };
});

/** Every field named `dt` holds a date, and every `…_at` a time in UTC, also those that the program reads back as any text. */
function formatOf(path: string): Pick<JsonSchema, 'format' | 'pattern'> | undefined {
  if (path === 'dt') return DATE;
  return path === 'last_active' || path.endsWith('_at') ? TIME : undefined;
}

const isText = ({ type }: JsonSchema): boolean => [type].flat().includes('string');

/** Every field of a schema with its path, such as `objects[].key`, in order, and whether it may be absent. Keys of maps are no fields. */
export function* pathsOf(
  schema: JsonSchema,
  prefix = '',
): Generator<readonly [path: string, field: JsonSchema, isOptional: boolean]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (typeof field !== 'object') continue;
    const path = prefix === '' ? name : `${prefix}.${name}`;
    yield [path, field, !schema.required?.includes(name)];
    yield* pathsOf(field, path);
  }
  if (typeof schema.items === 'object' && !Array.isArray(schema.items)) yield* pathsOf(schema.items, `${prefix}[]`);
  for (const choice of schema.anyOf ?? []) if (typeof choice === 'object') yield* pathsOf(choice, prefix);
}

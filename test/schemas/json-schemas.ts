/** Generates the JSON Schemas of everything that is published, from the program's own schemas and the descriptions in the docs. */
import * as z from 'zod';
import { CHANGE } from '../../functions/snapshot/changes/change.ts';
import { COMMIT } from '../../functions/snapshot/commits/commit.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { GROUP_ROW } from '../../functions/snapshot/group.ts';
import { OUTCOME } from '../../functions/snapshot/review/outcome-document.ts';
import { REVIEW } from '../../functions/snapshot/review/review-document.ts';
import { USER_ROW } from '../../functions/snapshot/user.ts';
import { VERIFICATION } from '../../functions/snapshot/verify/verification-document.ts';
import { fieldsOf, readPage } from './data-page.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

interface Document {
  readonly schema: z.ZodObject;
  /** The page in docs that describes it, and the section. */
  readonly page: string;
  readonly heading: string;
  readonly title: string;
}

/** What a store holds, and the files of a review. */
const STORED = { page: 'data' } as const;
const OF_REVIEW = { page: 'access-review' } as const;

export const DOCUMENTS = {
  user: {
    schema: USER_ROW,
    ...STORED,
    heading: 'User rows',
    title: 'A user: one line of users/json/dt=D/users-D.jsonl',
  },
  group: {
    schema: GROUP_ROW,
    ...STORED,
    heading: 'Group rows',
    title: 'A group: one line of groups/json/dt=D/groups-D.jsonl',
  },
  change: {
    schema: CHANGE,
    ...STORED,
    heading: 'Changes',
    title: 'A change: one line of changes/dt=D/changes-D.jsonl',
  },
  manifest: { schema: MANIFEST, ...STORED, heading: 'Manifest', title: 'A manifest: manifests/manifest-D.json' },
  commit: { schema: COMMIT, ...STORED, heading: 'Commit', title: 'A commit: commits/00000042.json' },
  run: { schema: RUN_DOCUMENT, ...STORED, heading: 'Run document', title: 'A run document: runs/RUN.json' },
  verification: {
    schema: VERIFICATION,
    ...STORED,
    heading: 'Verification',
    title: 'A verification: verifications/TIME.json',
  },
  review: {
    schema: REVIEW,
    ...OF_REVIEW,
    heading: 'Fields of review.json',
    title: 'An open access review: review.json',
  },
  outcome: {
    schema: OUTCOME,
    ...OF_REVIEW,
    heading: 'Fields of outcome.json',
    title: 'The outcome of an access review: outcome.json',
  },
} as const satisfies { readonly [name: string]: Document };
export type DocumentName = keyof typeof DOCUMENTS;

export const isDocumentName = (name: string): name is DocumentName => name in DOCUMENTS;
export const DOCUMENT_NAMES: readonly DocumentName[] = Object.keys(DOCUMENTS).filter(isDocumentName);
/** The documents and rows of a store. */
export const STORED_NAMES: readonly DocumentName[] = DOCUMENT_NAMES.filter(
  (name) => DOCUMENTS[name].page === STORED.page,
);

export const fileOf = (name: DocumentName): URL => new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url);

/**
 * The schema of a document as published: it allows unknown fields, since later versions may add some.
 * @param exact only what this version writes
 */
export function jsonSchemaOf(name: DocumentName, { exact = false } = {}): JsonSchema {
  const { schema, page, heading, title } = DOCUMENTS[name];
  const { $schema, ...generated } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly; // says only how the program's own types treat a list
      if (Number.isInteger(jsonSchema.const)) jsonSchema.type = 'integer';
      if (!exact && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const described = new Map(fieldsOf(readPage(page), heading).map((field) => [field.name, field.meaning]));
  for (const [path, field] of pathsOf(generated)) {
    const description = described.get(path);
    if (!description) throw new Error(`docs/${page}.md doesn't describe ${path} under "${heading}"`);
    const format = formatOf(path);
    if (format && isText(field) && field.pattern === undefined) Object.assign(field, format);
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

/** Writes docs/schemas: run it when a published document or its description in docs/ changes. */
import { writeFileSync } from 'node:fs';
import { DOCUMENT_NAMES, fileOf, jsonSchemaOf } from './json-schemas.ts';

for (const name of DOCUMENT_NAMES) writeFileSync(fileOf(name), JSON.stringify(jsonSchemaOf(name)));

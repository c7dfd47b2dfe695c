import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';

const SIGNATURE = z.object({
  rawType: z.string(),
  get arguments() {
    return z.array(z.object({ kind: z.string(), value: z.unknown() }));
  },
});
const PAGE = z.object({
  nextUri: z.string().optional(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), typeSignature: SIGNATURE })).optional(),
  data: z.array(z.array(z.unknown())).optional(),
  stats: z.object({ physicalInputBytes: z.int().optional() }),
  error: z.object({ errorName: z.string(), message: z.string() }).optional(),
});
type Page = z.infer<typeof PAGE>;

export interface TrinoAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly { readonly [column: string]: unknown }[];
  /** Read from the store. A table counts once for each occurrence in the query. */
  readonly bytesRead: number;
}

export interface TrinoSession {
  readonly url: string;
  readonly schema: string;
  readonly zone: string;
}

/** Runs one statement in Trino, as Athena does, in a database and a time zone. @throws Error with Trino's error name */
export async function query({ url, schema, zone }: TrinoSession, sql: string): Promise<TrinoAnswer> {
  const headers = {
    'x-trino-user': 'test',
    'x-trino-catalog': 'awsdatacatalog',
    'x-trino-schema': schema,
    'x-trino-time-zone': zone,
    'x-trino-client-capabilities': 'PARAMETRIC_DATETIME',
  };
  const pageAt = async (address: string, init: RequestInit = {}): Promise<Page> =>
    PAGE.parse(await (await fetch(address, { headers, ...init })).json());
  const data: unknown[][] = [];
  let columns: Page['columns'];
  let page = await pageAt(`${url}/v1/statement`, { method: 'POST', body: sql });
  for (;;) {
    if (page.error) throw new Error(`${page.error.errorName}: ${page.error.message}\n${sql}`);
    columns ??= page.columns;
    data.push(...(page.data ?? []));
    if (page.nextUri === undefined) break;
    page = await pageAt(page.nextUri);
  }
  const named = columns ?? [];
  return {
    columns: named.map(({ name, type }) => ({ name, type })),
    rows: data.map((row) =>
      Object.fromEntries(named.map(({ name, typeSignature }, i) => [name, shapeOf(typeSignature, row[i])])),
    ),
    bytesRead: page.stats.physicalInputBytes ?? 0,
  };
}

const FIELD = z.object({ fieldName: z.object({ name: z.string() }), typeSignature: SIGNATURE });

/** A value as the command's JSON has it: a struct as an object, which Trino returns as a list, and a time in ISO 8601. */
function shapeOf(signature: z.infer<typeof SIGNATURE>, value: unknown): unknown {
  if (value === null) return null;
  if (signature.rawType === 'timestamp') return `${String(value).replace(' ', 'T')}Z`;
  const parameters = signature.arguments.map((argument) => argument.value);
  if (signature.rawType === 'array' && Array.isArray(value)) {
    const of = SIGNATURE.parse(parameters[0]);
    return value.map((one) => shapeOf(of, one));
  }
  if (signature.rawType === 'row' && Array.isArray(value))
    return Object.fromEntries(
      parameters
        .map((parameter) => FIELD.parse(parameter))
        .map(({ fieldName, typeSignature }, i) => [fieldName.name, shapeOf(typeSignature, value[i])]),
    );
  return value;
}

/** Waits until Trino has a node to run queries on, which takes some seconds. */
export async function untilReady(session: TrinoSession): Promise<void> {
  for (;;) {
    try {
      await query(session, 'select 1');
      return;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NO_NODES_AVAILABLE')) throw error;
      await setTimeout(200);
    }
  }
}

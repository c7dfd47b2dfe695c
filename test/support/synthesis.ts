import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { newApp } from '../../lib/new-app.ts';

const TOP = join(import.meta.dirname, '../..');
const CDK_JSON = z.object({ context: z.record(z.string(), z.unknown()) });
const RESOURCE = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const TEMPLATE = z.object({ Resources: z.record(z.string(), RESOURCE) });
export type Resource = z.infer<typeof RESOURCE>;

/** The context of this project's cdk.json, as CDK hands it to an app. */
export const contextOfProject = async () =>
  CDK_JSON.parse(JSON.parse(await readFile(join(TOP, 'cdk.json'), 'utf8'))).context;

export interface Synthesis {
  /** The folder `cdk.out`. */
  readonly folder: string;
  readonly resources: { readonly [logicalId: string]: Resource };
}

/**
 * Synthesises the app, checks included.
 * @param context as `-c` gives it
 * @throws ContextError
 */
export async function synthesise(context: { readonly [key: string]: string } = {}): Promise<Synthesis> {
  const folder = await mkdtemp(join(tmpdir(), 'cdk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const app = newApp({ outdir: folder, context: { ...(await contextOfProject()), ...context } });
  const [stack] = app.synth().stacks;
  return { folder, resources: TEMPLATE.parse(stack?.template).Resources };
}

/** The only resource of a type, or the only one whose logical id holds a name. */
export function only({ resources }: Pick<Synthesis, 'resources'>, type: string, name = ''): [string, Resource] {
  const found = Object.entries(resources).filter(([id, { Type }]) => Type === type && id.includes(name));
  const [one, ...others] = found;
  if (!one || others.length > 0) throw new Error(`there are ${found.length} of ${type} ${name}`);
  return one;
}

/**
 * A value of a template as CloudFormation makes it.
 * @param values of references, by `LogicalId`, `LogicalId.Arn` or `AWS::Region`
 * @throws Error for a reference that is none of them
 */
export function resolved(value: unknown, values: { readonly [reference: string]: string }): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, values));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, content] = []] = Object.entries(value);
  if (name === 'Ref' || name === 'Fn::GetAtt') {
    const reference = [content].flat().join('.');
    if (values[reference] === undefined) throw new Error(`no value for ${reference}`);
    return values[reference];
  }
  if (name === 'Fn::Join' && Array.isArray(content)) {
    const [separator, parts] = content;
    return [resolved(parts, values)].flat().join(String(separator));
  }
  if (name?.startsWith('Fn::')) throw new Error(`no value for ${name}`);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, values)]));
}

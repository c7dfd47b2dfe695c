import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import project from '../../../cdk.json' with { type: 'json' };
import { newApp } from '../../../lib/new-app.ts';
import { parseSettings } from '../../../lib/settings/context.ts';
import { UserSnapshotsStack } from '../../../lib/user-snapshots-stack.ts';

const RESOURCE = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const TEMPLATE = z.object({ Resources: z.record(z.string(), RESOURCE) });
export type Resource = z.infer<typeof RESOURCE>;

/** The context of this project's cdk.json, as CDK passes it to an app. */
export const CONTEXT = project.context;

/** The template of the app's stack, without cdk-nag's checks, which are slow. */
export function templateOf(context: Context = {}): Template {
  const name = JSON.stringify(context);
  const template = templates.get(name) ?? Template.fromStack(stackOf(context));
  templates.set(name, template);
  return template;
}
const templates = new Map<string, Template>();

const stackOf = (context: Context) =>
  new UserSnapshotsStack(newEmptyApp(), 'anodot-user-snapshots', { settings: parseSettings(context) });

/** An existing KMS key. */
export const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** The properties of all resources of a type. */
export const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map((one) => one['Properties']);

/** The template of a stack in a company's own app. */
export function templateWith(fill: (stack: Stack) => void): Template {
  const stack = new Stack(newEmptyApp(), 'company');
  fill(stack);
  return Template.fromStack(stack);
}

export const newEmptyApp = () => new App({ context: CONTEXT });

type Context = { readonly [key: string]: string };

export interface Synthesis {
  /** The folder `cdk.out`. */
  readonly folder: string;
  readonly resources: { readonly [logicalId: string]: Resource };
}

/**
 * Synthesizes the app, with cdk-nag's checks.
 * @param context as `-c` passes it
 * @throws InvalidSettingsError
 */
export async function synthesise(context: Context = {}): Promise<Synthesis> {
  const folder = await mkdtemp(join(tmpdir(), 'cdk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const app = newApp({ outdir: folder, context: { ...CONTEXT, ...context } });
  const [stack] = app.synth().stacks;
  return { folder, resources: TEMPLATE.parse(stack?.template).Resources };
}

/** The only resource of a type, or the only one whose logical id contains a name. */
export function only({ resources }: Pick<Synthesis, 'resources'>, type: string, name = ''): [string, Resource] {
  const found = Object.entries(resources).filter(([id, { Type }]) => Type === type && id.includes(name));
  const [one, ...others] = found;
  if (!one || others.length > 0) throw new Error(`expected one ${type} ${name}, found ${found.length}`);
  return one;
}

/**
 * A value of a template as CloudFormation resolves it.
 * @param values of references, by `LogicalId`, `LogicalId.Arn` or `AWS::Region`
 * @throws Error for a reference without a value
 */
export function resolved(value: unknown, values: { readonly [reference: string]: string }): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, values));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, content] = []] = Object.entries(value);
  const lookUp = (reference: string): string => {
    if (values[reference] === undefined) throw new Error(`no value for ${reference}`);
    return values[reference];
  };
  if (name === 'Ref' || name === 'Fn::GetAtt') return lookUp([content].flat().join('.'));
  if (name === 'Fn::Sub' && typeof content === 'string')
    return content.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, reference: string) =>
      literal ? `\${${reference}}` : lookUp(reference),
    );
  if (name === 'Fn::Join' && Array.isArray(content)) {
    const [separator, parts] = content;
    return [resolved(parts, values)].flat().join(String(separator));
  }
  if (name?.startsWith('Fn::')) throw new Error(`no value for ${name}`);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, values)]));
}

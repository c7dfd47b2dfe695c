import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Accepts a finding of cdk-nag for one construct, with a reason for reviewers.
 * @param id of a rule, or of one finding if the rule reports several
 */
export function accept(construct: Construct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** The id of the finding that a policy contains an ARN with a `*`. */
export const wildcard = (construct: Construct, arn: string): string =>
  `AwsSolutions-IAM5[Resource::${flat(Stack.of(construct).resolve(arn))}]`;

/** A template's value in cdk-nag's notation, which writes a reference as `<LogicalId.Arn>`. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, content] = []] = Object.entries(value);
  if (name === 'Ref') return `<${content}>`;
  if (!Array.isArray(content)) return JSON.stringify(value);
  if (name === 'Fn::GetAtt') return `<${content.join('.')}>`;
  const [separator, parts]: unknown[] = content;
  return Array.isArray(parts) ? parts.map(flat).join(String(separator)) : JSON.stringify(value);
}

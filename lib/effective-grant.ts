import { type Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { Grant, IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { UnknownPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** The principal of a grant, and what an operator can do if the app can't grant anything. */
export interface Granting {
  readonly grantee: IGrantable;
  readonly stack: Stack;
  /** A clause such as `attach … to it`. */
  readonly instead: string;
}

/**
 * Combines grants into one that takes effect. Some principals have no policy in the app, and CDK then drops the statements silently.
 * @throws Error that names the principal, why nothing can be granted to it, and what to do instead
 */
export function effective(grants: readonly Grant[], { grantee, stack, instead }: Granting): Grant {
  const principal = innermost(grantee.grantPrincipal);
  const why = ineffective(principal, stack) ?? (grants.every(({ success }) => success) ? undefined : NO_POLICY);
  if (why === undefined) return grants.reduce((all, one) => all.combine(one));
  throw new Error(`nothing was granted to ${nameOf(principal)}: ${why}. Grant it to a role of this app, or ${instead}`);
}

/** The principal whose policy would change, without the conditions and session tags wrapped around it. */
const innermost = (principal: IPrincipal): IPrincipal =>
  'wrapped' in principal && isPrincipal(principal.wrapped) ? innermost(principal.wrapped) : principal;

const isPrincipal = (value: unknown): value is IPrincipal =>
  typeof value === 'object' && value !== null && 'grantPrincipal' in value && 'addToPrincipalPolicy' in value;

const NO_POLICY = 'this app has none of its policies';

/** Why CDK would drop the statements for a principal. Undefined if it wouldn't. */
function ineffective(principal: IPrincipal, { account }: Stack): string | undefined {
  const { principalAccount = account } = principal;
  if (Token.compareStrings(principalAccount, account) === TokenComparison.DIFFERENT)
    return `it belongs to the account ${principalAccount}, and only principals of ${account} can be granted this`;
  if (principal instanceof UnknownPrincipal) return 'its role is unknown to this app';
  // A principal with `mutable: false` or `withoutPolicyUpdates()` accepts every statement and drops it.
  return 'addGrantsToResources' in principal ? 'this app may not change its policies' : undefined;
}

const nameOf = (principal: IPrincipal): string =>
  Construct.isConstruct(principal) ? principal.node.path : String(principal);

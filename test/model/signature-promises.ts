import { COMMIT } from '../../functions/snapshot/commits/commit.ts';
import { parseDocument } from '../../functions/snapshot/commits/document.ts';
import { isSignature } from '../../functions/snapshot/commits/public-key.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { SupersededError } from '../../functions/snapshot/errors.ts';
import type { Call } from './calls.ts';
import { madeBy } from './endings.ts';
import type { CommitFacts } from './facts.ts';
import type { Told } from './port.ts';
import type { Ending, Program } from './run.ts';
import { isSignatureOf, SIGNING_KEY } from './signing.ts';
import { sha256Of } from './uploads.ts';
import { firstSigned, type World } from './world.ts';

const PUBLIC_KEY = KEYS.publicKey(SIGNING_KEY.fingerprint);
const PEM = Buffer.from(SIGNING_KEY.pem);

/** What publishing promises about signatures. Each check returns the broken promise, or undefined. */
export class SignaturePromises {
  readonly #valid = new Map<string, boolean>();

  /** Whether the commit's signature and the public key are stored. */
  isStored({ others }: World, { commit, execution }: Pick<CommitFacts, 'commit' | 'execution'>): boolean {
    return others.has(PUBLIC_KEY) && others.has(KEYS.signature(commit, execution));
  }

  /** A signature with a commit's name is valid for that commit, and the public key that checks it is stored. */
  brokenIn({ commits, others }: World, log: readonly CommitFacts[]): string | undefined {
    const pem = others.get(PUBLIC_KEY);
    if (pem && !pem.equals(PEM)) return `${PUBLIC_KEY} has other content than the public key`;
    for (const { commit, execution } of log) {
      const [bytes, signature] = [commits.get(KEYS.commit(commit)), others.get(KEYS.signature(commit, execution))];
      if (!bytes || !signature) continue;
      if (!pem) return `commit ${commit} has a signature, but no public key is stored`;
      if (!this.#isValid(bytes, signature)) return `the signature of commit ${commit} is not valid for its bytes`;
    }
    return undefined;
  }

  /** A run asks only for signatures of its own commits, and writes only those. */
  brokenCall(call: Call, { name, runId }: Program): string | undefined {
    if (call.kind === 'sign') {
      const commit = parseDocument(COMMIT, call.bytes);
      const isOwn = commit?.run_id === runId && commit.execution.startsWith(name);
      return isOwn ? undefined : `run ${name} has another run's commit signed`;
    }
    if ((call.kind !== 'create' && call.kind !== 'replace') || !call.key.endsWith('.sig')) return undefined;
    if (call.kind === 'replace') return `run ${name} may replace a signature`;
    return isSignatureOf(call.key, name) ? undefined : `run ${name} writes another run's signature`;
  }

  /** A run says the truth about the signature of the commit that it reports. Its own was stored before the commit. */
  brokenTold(world: World, told: Told, program: Program, commit: CommitFacts | undefined): string | undefined {
    if (!program.signs || !commit) return undefined;
    const { unsigned, disturbed } = told;
    const isEarly = commit.commit < firstSigned(world);
    if (unsigned === null && isEarly) return undefined;
    if (unsigned === null) return `run ${program.name} doesn't report whether commit ${told.commit} is signed`;
    const isOwn = madeBy(program, commit);
    if (unsigned) {
      if (disturbed) return undefined;
      if (isEarly && !isOwn) return `a false alarm: nothing is signed up to commit ${told.commit}`;
      return this.isStored(world, commit)
        ? `a false alarm: commit ${told.commit} is signed, but was reported as unsigned`
        : undefined;
    }
    const isTrue = isOwn ? world.signedFirst.has(KEYS.commit(commit.commit)) : this.isStored(world, commit);
    return isTrue ? undefined : `commit ${told.commit} was reported as signed, but is not`;
  }

  #isValid(bytes: Buffer, signature: Buffer): boolean {
    const name = `${sha256Of(bytes)} ${sha256Of(signature)}`;
    const valid = this.#valid.get(name) ?? isSignature(SIGNING_KEY, bytes, signature);
    this.#valid.set(name, valid);
    return valid;
  }
}

/** A call that signing or reporting a signature needs doesn't end its run. */
export function brokenByFailure(ending: Ending): string | undefined {
  if ('taken' in ending || ending.error instanceof SupersededError) return undefined;
  return 'a run ended because of a signature';
}

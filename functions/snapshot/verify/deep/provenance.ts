/** Checks what a manifest says about how the account was received. A run publishes only what was received in one way. */
import { type Commit, objectOf } from '../../commits/commit.ts';
import type { Manifest } from '../../commits/manifest.ts';
import { KEYS } from '../../contract.ts';
import type { Origin } from '../../origin.ts';
import { PATHS } from '../../source.ts';
import type { Store } from '../../store/store.ts';
import { damaged, type Finding } from '../findings.ts';
import { readRecorded } from './recorded-day.ts';

/** Fields that were added together, after manifests had been published without them. */
const ADDED = ['request', 'response', 'token', 'groups_received', 'host'] as const;
const ROWS = 'rows of its objects';

/** @param commits all valid commits */
export async function provenanceFindings(
  store: Store,
  manifest: Manifest,
  commits: readonly Commit[],
): Promise<Finding[]> {
  const problems = [
    ...(await fieldProblems(store, manifest, commits)),
    ...requestProblems('request', manifest.request, PATHS.users),
    ...(manifest.response && manifest.response.status !== 200
      ? ['response.status is not 200, but no other response is published']
      : []),
    ...requestProblems('groups_received.request', manifest.groups_received?.request, PATHS.groups),
    ...groupsProblems(manifest),
  ];
  return problems.map((problem) => damaged(KEYS.manifest(manifest.dt), problem));
}

function requestProblems(field: string, request: Origin['request'] | undefined, path: string): string[] {
  if (!request || (request.path === path && Object.keys(request.parameters).length === 0)) return [];
  return [`${field} is not GET ${path} without parameters`];
}

function groupsProblems(manifest: Manifest): string[] {
  const { groups, groups_received: received } = manifest;
  const isNamed = objectOf(manifest, 'groups') !== undefined;
  if (isNamed !== (groups === 'published'))
    return [`groups is ${groups}, but it names ${isNamed ? 'an object' : 'no object'} of groups`];
  if (received === undefined) return [];
  const response = received?.response;
  const isRead = response?.bytes != null && response.sha256 !== null;
  const agrees = {
    published: response?.status === 200 && isRead,
    denied: response?.status === 403 && response.bytes === null && response.sha256 === null,
    failed: received === null,
    absent: received === null,
  };
  return agrees[groups] ? [] : [`groups is ${groups}, which groups_received contradicts`];
}

/** Without its `response`, nothing proves that a raw response is the one that was received. */
async function fieldProblems(store: Store, manifest: Manifest, commits: readonly Commit[]): Promise<string[]> {
  const lacking = lackingIn(manifest);
  if (lacking.length === 0) return [];
  const what = `lacks ${lacking.join(', ')}, although`;
  if (hasAdded(manifest)) return [`${what} it has fields that were added at the same time`];
  const first = await firstWithAdded(store, commits);
  return first !== undefined && first < manifest.commit
    ? [`${what} the manifest of commit ${first} has these fields`]
    : [];
}

function lackingIn(manifest: Manifest): string[] {
  const fields = ADDED.filter((field) => manifest[field] === undefined);
  return manifest.objects.some(({ rows }) => rows === undefined) ? [...fields, ROWS] : fields;
}

const hasAdded = (manifest: Manifest): boolean =>
  ADDED.some((field) => manifest[field] !== undefined) || manifest.objects.some(({ rows }) => rows !== undefined);

/** Found once for all days of a verification. */
const FIRST = new WeakMap<readonly Commit[], Promise<number | undefined>>();

/** The number of the first commit whose manifest has fields that were added. */
function firstWithAdded(store: Store, commits: readonly Commit[]): Promise<number | undefined> {
  const found = FIRST.get(commits) ?? searchFirst(store, commits);
  FIRST.set(commits, found);
  return found;
}

async function searchFirst(store: Store, commits: readonly Commit[]): Promise<number | undefined> {
  for (const commit of commits) {
    const manifest = await readRecorded(store, commit);
    if (manifest && hasAdded(manifest)) return commit.commit;
  }
  return undefined;
}

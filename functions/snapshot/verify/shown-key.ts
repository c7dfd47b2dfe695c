/** Shows keys in logs and documents. A key that this product doesn't write may hold a name or an address. */
import { COMMITS_FOLDER, commitNumberOf, FOLDERS, KEYS, signatureOf } from '../contract.ts';

const OTHERS: readonly RegExp[] = [
  /^runs\/\d{8}T\d{6}Z-(?:schedule|api|[0-9a-f]{8})\.json$/,
  /^keys\/[0-9a-f]{64}\.pem$/,
  /^raw\/dt=\d{4}-\d\d-\d\d\/\d{8}T\d{6}Z-(?:schedule|api|[0-9a-f]{8})\.[0-9a-f]{8}\.json\.gz$/,
];
const OF_DAY = [KEYS.json, KEYS.csv, KEYS.changes, KEYS.groups, KEYS.manifest] as const;

/** The key, or only its folder and `…` if it isn't one of this product's. */
export function shownKey(key: string): string {
  if (isOwn(key)) return key;
  const folder = [...Object.values(FOLDERS), COMMITS_FOLDER].find((one) => key.startsWith(one));
  return `${folder ?? ''}…`;
}

/** A message in which keys are shown in the same way. */
export const shownMessage = (message: string): string => message.replaceAll(/[a-z]+\/[^\s,:;]*[^\s,:;.]/g, shownKey);

function isOwn(key: string): boolean {
  if (commitNumberOf(key) !== undefined || signatureOf(key)) return true;
  const dt = /\d{4}-\d\d-\d\d/.exec(key)?.[0] ?? '';
  return OF_DAY.some((keyOf) => keyOf(dt) === key) || OTHERS.some((pattern) => pattern.test(key));
}

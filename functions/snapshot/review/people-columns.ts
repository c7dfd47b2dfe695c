/** Recognizes the columns of a list of people by their names. Names in English are known; an address column of any name is found by its content. */

/** A name without case, spaces, signs, and remarks such as `[READ ONLY]`. */
const plain = (name: string): string =>
  name
    .replaceAll(/\[[^\]]*\]|\([^)]*\)/g, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/** A column that may hold addresses of anyone. */
const ANY_ADDRESS_NAME =
  /mail|username|principal|upn|login|signin|proxyaddress|alias|^address(es)?$|^user(id)?$|^account$/;
/** Whose address it is. A mentor's, a buddy's or a contact's address is nobody's alias, so a name with any other word is left out. */
const WHOSE =
  'work|business|company|corporate|office|primary|secondary|personal|private|home|other|alternate|alternative|additional|recovery|login|account|user|employee|worker|person|google|microsoft|okta|sso|onpremises';
const ADDRESS_NAME = new RegExp(
  `^(?:${WHOSE})*(?:(?:e?mails?)\\d?(?:address(?:es)?|id|alias(?:es)?|value)?|(?:user)?(?:name|principalname|principal|upn|id|login|account)|upn|login(?:name|id)?|signin(?:name)?|proxyaddress(?:es)?|alias(?:es)?|address(?:es)?|user|account)$`,
);
const OTHERS_NAME =
  /manager|supervisor|reportsto|approver|sponsor|assistant|delegate|owner|recruiter|emergency|partner(e|$)|createdby|modifiedby|updatedby|vorgesetzte/;
const PERSON_NAME = /name|status|department|title|employee|person|firma|abteilung/;
const LEAVING_NAME = /termination|lastday|lastworkingday|enddate|leavedate|leavingdate|exitdate|dateleft|departuredate/;

/** Whether a column is for addresses of the person. */
export const isAddressName = (name: string): boolean => ADDRESS_NAME.test(plain(name)) && !isOthersName(name);
/** Whether a column is about another person, such as the manager. That someone manages others doesn't put them on the list. */
export const isOthersName = (name: string): boolean => OTHERS_NAME.test(plain(name));
/** Whether a column has the date on which a person leaves. Formats of dates are ambiguous, so it isn't read. */
export const isLeavingName = (name: string): boolean => LEAVING_NAME.test(plain(name));
/** Whether a cell may be the name of a column. */
export const isColumnName = (cell: string): boolean =>
  cell.length <= 60 && (ANY_ADDRESS_NAME.test(plain(cell)) || PERSON_NAME.test(plain(cell)));

const STATUS = /^(?:(?:current|employment|employee|worker|work|hr|person|user|account|member|login)?(?:status|state))$/;
const EMPLOYED_FLAG = /^(?:is|user|account|current|currently)*(?:active|activestatus|enabled|employed|employee)$/;
const DEPARTED_FLAG =
  /^(?:is|user|account)*(?:inactive|suspended|disabled|terminated|deactivated|deprovisioned|deleted|archived|blocked|blockcredential)$/;
/** Beginnings of what HR systems write, such as `Terminated - Voluntary`, `Inactive - Payroll Eligible` and `Left company`. */
const DEPARTED_START =
  /^(?:(?:in)?voluntary)?(?:terminat|inactive|leaver|left|separat|resign|retired|dismiss|offboard|deactivat|deprovision|disabled|suspended|deleted|departed|former|ex(?:employee|staff)|blocked|notemployed|nolonger)/;
/** Codes and flags. */
const DEPARTED = new Set(['t', 'false']);
const EMPLOYED =
  /^(?:a|true|active|employed|enabled|current|provisioned|permanent|regular|fulltime|parttime|onboarded|hired)/;
const NO = new Set(['false', 'no', 'n', '0', 'f']);
const YES = new Set(['true', 'yes', 'y', '1', 't', 'x']);

/** Whether a value marks its person as no longer employed. Undefined if no value of the column can. */
export function departureRule(name: string): ((value: string) => boolean) | undefined {
  const column = plain(name);
  if (STATUS.test(column)) return (value) => isDeparted(plain(value));
  if (EMPLOYED_FLAG.test(column)) return (value) => NO.has(plain(value)) || isDeparted(plain(value));
  if (DEPARTED_FLAG.test(column)) return (value) => YES.has(plain(value));
  return undefined;
}

const isDeparted = (value: string): boolean => DEPARTED.has(value) || DEPARTED_START.test(value);

/** Whether a column says in words whether its person is employed. */
export const isStatusName = (name: string): boolean => STATUS.test(plain(name));
/** Whether it isn't known what a status says, such as `On leave`. Its people count as employed. */
export const isUnknownStatus = (value: string): boolean =>
  plain(value) !== '' && !isDeparted(plain(value)) && !EMPLOYED.test(plain(value));

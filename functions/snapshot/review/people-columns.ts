/** Recognizes the columns of a list of people by their names. Names in English are known; an address column of any name is found by its content. */

/** A name without case, spaces, signs, and remarks such as `[READ ONLY]`. */
const plain = (name: string): string =>
  name
    .replaceAll(/\[[^\]]*\]|\([^)]*\)/g, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Whose address it is, which an unknown word in the name leaves open: a mentor's or a referrer's address is nobody's alias. */
const WHOSE =
  'work|business|company|corporate|office|primary|secondary|personal|private|home|other|alternate|alternative|additional|recovery|login|account|user|employee|person|contact|google|microsoft|okta';
const ADDRESS_NAME = new RegExp(
  `^(?:${WHOSE})*(?:e?mails?|mail)(?:address(?:es)?|id|alias(?:es)?|\\d)?$|username|principal|upn|^(?:user|account)?login(?:name|id)?$|signin|proxyaddress|alias|^address(?:es)?$|^user(?:id)?$|^account$`,
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
  cell.length <= 60 && (ADDRESS_NAME.test(plain(cell)) || PERSON_NAME.test(plain(cell)));

const STATUS = /^(?:(?:current|employment|employee|worker|work|hr|person|user|account|member|login)?(?:status|state))$/;
const EMPLOYED_FLAG = /^(?:is|user|account|current|currently)*(?:active|activestatus|enabled|employed|employee)$/;
const DEPARTED_FLAG =
  /^(?:is|user|account)*(?:inactive|suspended|disabled|terminated|deactivated|deprovisioned|deleted|archived|blocked|blockcredential)$/;
/** Beginnings of what HR systems write, such as `Terminated - Voluntary` and `Inactive - Payroll Eligible`. */
const DEPARTED_START =
  /^(?:(?:in)?voluntary)?(?:terminat|inactive|leaver|separat|resign|dismiss|offboard|deactivat|deprovision)/;
const DEPARTED = new Set(
  [
    ...['terminated', 'inactive', 'suspended', 'disabled', 'deprovisioned', 'deactivated', 'deleted', 'departed'],
    ...['left', 'former', 'exemployee', 'formeremployee', 'offboarded', 'resigned', 'retired', 'separated'],
    ...['dismissed', 'notemployed', 'nolongeremployed', 'blocked', 'false'],
  ].map(plain),
);
const NO = new Set(['false', 'no', 'n', '0', 'f', ...DEPARTED]);
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

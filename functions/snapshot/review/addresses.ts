/** Finds e-mail addresses in cells, and decides which are the same. */
import { domainToASCII } from 'node:url';

/**
 * Two addresses are the same if their keys are equal. Folded are upper and lower case, composed and decomposed characters (NFC), and the
 * two spellings of an international domain. Dots and `+tags` count: only some providers ignore them. Of addresses in other scripts,
 * similar characters differ.
 */
export function addressKey(address: string): string {
  const folded = address.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const at = folded.lastIndexOf('@');
  const domain = folded.slice(at + 1);
  if (at < 0 || ASCII.test(domain)) return folded;
  return `${folded.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

const ASCII = /^[\u0020-\u007e]*$/;

/** The keys of all addresses in a cell, which may be a list, a link, `Name <address>`, or an Exchange list of proxy addresses. */
export function addressesIn(cell: string): string[] {
  if (!cell.includes('@')) return [];
  const found = cell.split(BETWEEN).flatMap((part) => {
    const address = part.replace(AROUND, '').replace(LINK, '$1').replace(PREFIX, '');
    return ADDRESS.test(address) ? addressKey(address) : [];
  });
  return [...new Set(found)];
}

/** Exchange joins proxy addresses with a plus sign. */
const BETWEEN = /[\s,;|<>]+|\+(?=(?:smtp|sip|sips|x400|x500|eum|spo):)/i;
const AROUND = /^[[\](){}"\ufeff]+|[[\](){}".:]+$/g;
const LINK = /^mailto:([^?]*).*$/i;
const PREFIX = /^smtp:/i;
/** Anything with one sign before and after the `@`. A colon belongs to another kind of address, such as `sip:`. */
const ADDRESS = /^[^@:\\]+@[^@:\\/]+$/;

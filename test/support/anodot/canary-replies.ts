import type { OperatorError } from '../../../functions/snapshot/errors.ts';
import { CANARY_BEARER, CANARY_TEXT, canaryUser } from '../canary.ts';
import { GOOD_USERS, type Replies } from '../faulted-run.ts';
import { answer, type Reply } from './server.ts';

/** Replies and helpers shared by the tests of Anodot's faults. Every body that they send contains canaries. */

export const users = answer(GOOD_USERS);

export const bearer = answer(JSON.stringify(CANARY_BEARER));

export const status = (code: number, headers = {}): Reply => answer(CANARY_TEXT, code, headers);

export const both = ['exchange', 'users'] as const;

/** The reply to the exchange or to the request for users. */
export const at = (place: (typeof both)[number], reply: Reply): Replies => ({ [place]: reply });

export const head = (...headers: string[]) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${headers.join('\r\n')}\r\n\r\n`;

/** How a failed run ended, for the fault table, without the port of the test's server. */
export const exitOf = ({ code, message }: OperatorError): string =>
  `exit ${code}: ${message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')}`;

export const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Far more than fits in one chunk. */
export const manyUsers = Array.from({ length: 1000 }, (_, n) => canaryUser(n + 1));

import * as z from 'zod';
import { FORMATS, MAX_RETENTION_DAYS, SHA256_PATTERN } from './contract.ts';
import { flag, listOf, numberFrom, type TextRule, textOf, wholeNumberFrom } from './setting-values.ts';

/**
 * The rules for settings that both a deployment and the functions check, so that a deployed setting is valid at run time. A setting of a
 * run has the same name here, in ENVIRONMENT, in DEFAULTS and in the construct's props.
 */
const RUN = z.object({
  /** `parseAnodotHost` checks which hosts and protocols are allowed, together with `allowOtherHost`. */
  anodotUrl: textOf({
    pattern: /^[Hh][Tt][Tt][Pp][Ss]?:\/\/(?:[^\s/?#@:\\[\]]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?\/?$/,
    expected: 'a URL like https://app.anodot.com, without user, path or query',
  }),
  /** Whether the token may be sent to a host that is not Anodot's. */
  allowOtherHost: flag,
  formats: listOf(FORMATS),
  /** A snapshot that lost more than this percentage of the previous one's users is refused. */
  maxDropPercent: numberFrom(0, 100),
  /** Whether an account without users may be published. */
  allowEmpty: flag,
  /** Whether Anodot's response is kept unchanged. */
  keepRaw: flag,
});

export const RUN_SETTINGS = RUN.shape;
export const RUN_SETTING_NAMES = RUN.keyof().options;
export type RunSettings = z.output<typeof RUN>;

/** S3's rules. It forbids IP addresses, and reserves some prefixes and suffixes. */
export const BUCKET_NAME: TextRule = {
  pattern:
    /^(?=[a-z0-9.-]{3,63}$)(?!\d+(?:\.\d+){3}$|xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*(?<!-|-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/,
  expected:
    'a bucket name: 3 to 63 of a-z, 0-9, - and ., but no IP address, and no prefix or suffix that S3 reserves, such as xn-- or -s3alias',
};

const SEGMENT = String.raw`(?!\.+(?:/|$))[\w.=-]+`;
export const PREFIX: TextRule = {
  pattern: new RegExp(`^(?=[\\w/.=-]{1,500}$)${SEGMENT}(?:/${SEGMENT})*$`),
  expected:
    'a prefix of at most 500 letters, digits, _, -, . and =, in segments separated by single slashes; no segment may be only dots',
};

/** The name of a secret, or its ARN with or without the six characters that AWS appends. */
export const SECRET_ID: TextRule = {
  pattern: /^(?:[\w/+=.@-]{1,512}|arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,519})$/,
  expected: 'the name or ARN of a secret',
};

/** An IAM role, with its path if it has one. It has no wildcard, since IAM would expand one in a condition. */
export const ROLE_ARN: TextRule = {
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  expected: 'the ARN of an IAM role, like arn:aws:iam::123456789012:role/NAME, without a wildcard',
};

/** Each element of a list of fingerprints: in lower case, as `sha256sum` prints it and as stored keys are named. */
export const FINGERPRINTS: TextRule = {
  pattern: SHA256_PATTERN,
  expected: 'fingerprints, each of 64 hex digits in lower case',
};

/** For how many days something is kept. */
export const RETENTION = wholeNumberFrom(1, MAX_RETENTION_DAYS);

export const INSTANCE: TextRule = {
  pattern: /^[\w.-]{1,64}$/,
  expected: '1 to 64 letters, digits, _, - and .',
};

import * as z from 'zod';
import { ENVIRONMENT, FORMATS, type Format } from './contract.ts';
import { SettingsError } from './errors.ts';

/** Settings of a run, from the environment of the function or of the command line. */
export interface Settings {
  /** Origin of Anodot's host, without a slash at the end. */
  readonly url: string;
  /** In the order of FORMATS; `json` is always one. */
  readonly formats: readonly Format[];
  /** The gate refuses a loss of more users than this. */
  readonly maxDropPercent: number;
  readonly allowEmpty: boolean;
  readonly keepRaw: boolean;
}

export type Environment = { readonly [name: string]: string | undefined };

const blankIsAbsent = (value: string | undefined) => value?.trim() || undefined;
const text = z.string().optional().transform(blankIsAbsent);
const flag = (standard: boolean) =>
  text
    .pipe(z.enum(['true', 'false'], 'must be true or false').optional())
    .transform((value) => (value ? value === 'true' : standard));
const formats = text
  .transform((value) => value?.split(',').map((name) => name.trim()) ?? [...FORMATS])
  .pipe(z.array(z.enum(FORMATS, `must be a list of ${FORMATS.join(', ')}, parted by commas`)))
  .transform((named) => FORMATS.filter((format) => format === 'json' || named.includes(format)));

const percent = text
  .pipe(
    z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'must be a number from 0 to 100')
      .optional(),
  )
  .transform((value) => Number(value ?? 50))
  .pipe(z.number().max(100, 'must be a number from 0 to 100'));

const SCHEMA = z.object({
  [ENVIRONMENT.url]: text,
  [ENVIRONMENT.formats]: formats,
  [ENVIRONMENT.maxDropPercent]: percent,
  [ENVIRONMENT.allowEmpty]: flag(false),
  [ENVIRONMENT.keepRaw]: flag(true),
  [ENVIRONMENT.allowOtherHost]: flag(false),
});

/**
 * Reads the settings that have to do with a run.
 * @param others what is wrong with settings that the caller reads itself: listed as well
 * @throws SettingsError that lists every bad one; values are not quoted, since an URL may hold a password
 */
export function parseSettings(environment: Environment, others: readonly string[] = []): Settings {
  const parsed = SCHEMA.safeParse(environment);
  const issues = parsed.error?.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`);
  const problems = [...new Set(issues), ...others];
  const allowOtherHost = environment[ENVIRONMENT.allowOtherHost]?.trim() === 'true';
  const url = parseHost(blankIsAbsent(environment[ENVIRONMENT.url]) ?? 'https://app.anodot.com', allowOtherHost);
  if ('problem' in url) problems.unshift(`${ENVIRONMENT.url}: ${url.problem}`);
  if (!parsed.success || 'problem' in url || problems.length > 0)
    throw new SettingsError(`mend these settings: ${problems.join('; ')}`);
  return {
    url: url.origin,
    formats: parsed.data[ENVIRONMENT.formats],
    maxDropPercent: parsed.data[ENVIRONMENT.maxDropPercent],
    allowEmpty: parsed.data[ENVIRONMENT.allowEmpty],
    keepRaw: parsed.data[ENVIRONMENT.keepRaw],
  };
}

/** The token is sent to Anodot's hosts only: https, nothing but a host, `anodot.com` or a name below it. */
function parseHost(text: string, allowOtherHost: boolean): { origin: string } | { problem: string } {
  const url = URL.parse(text);
  if (!url) return { problem: 'is not a URL; expected https://app.anodot.com or the like' };
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash) {
    return { problem: 'must be a host alone, without user, path or query: https://app.anodot.com' };
  }
  const anodot = url.hostname === 'anodot.com' || url.hostname.endsWith('.anodot.com');
  if (!anodot && !allowOtherHost) {
    return {
      problem: `${url.hostname} isn't a host of Anodot (${ENVIRONMENT.allowOtherHost}=true lets the token go there)`,
    };
  }
  if (url.protocol !== 'https:' && !(allowOtherHost && url.protocol === 'http:' && isLoopback(url.hostname))) {
    return { problem: 'must begin with https://' };
  }
  if (url.port && !allowOtherHost) return { problem: 'must not name a port' };
  return { origin: url.origin };
}

const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);

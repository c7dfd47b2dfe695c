import * as z from 'zod';
import { parseAnodotHost } from './anodot-host.ts';
import { DEFAULTS, ENVIRONMENT, FORMATS } from './contract.ts';
import { SettingsError } from './errors.ts';
import { RUN_SETTING_NAMES, RUN_SETTINGS, type RunSettings } from './setting-rules.ts';
import { readSettings } from './setting-values.ts';

/** Settings of a run, read from the environment. `formats` are in the order of FORMATS and always include `json`. */
export interface Settings extends Readonly<Omit<RunSettings, 'anodotUrl' | 'allowOtherHost'>> {
  /** Origin of Anodot's host, without a trailing slash. */
  readonly url: string;
}

export type Environment = { readonly [name: string]: string | undefined };

const SCHEMA = z.object(RUN_SETTINGS).partial();

/**
 * Reads the settings of a run.
 * @param others problems with settings that the caller reads itself, listed in the same error
 * @throws SettingsError that lists every invalid setting. It quotes no value, since a URL may hold a password.
 */
export function parseSettings(environment: Environment, others: readonly string[] = []): Settings {
  const given = Object.fromEntries(RUN_SETTING_NAMES.map((name) => [name, environment[ENVIRONMENT[name]]]));
  const { valid, problems } = readSettings(SCHEMA, given);
  const { anodotUrl, allowOtherHost, formats, ...settings } = { ...DEFAULTS.run, ...valid };
  const host = parseAnodotHost(anodotUrl, allowOtherHost, ENVIRONMENT.allowOtherHost);
  const all = 'problem' in host ? new Map([['anodotUrl', host.problem], ...problems]) : problems;
  if ('problem' in host || all.size + others.length > 0) {
    const own = RUN_SETTING_NAMES.filter((name) => all.has(name));
    const lines = own.map((name) => `${ENVIRONMENT[name]}: ${all.get(name)}`);
    throw new SettingsError(`invalid settings: ${[...lines, ...others].join('; ')}`);
  }
  return {
    ...settings,
    formats: FORMATS.filter((format) => format === 'json' || formats.includes(format)),
    url: host.origin,
  };
}

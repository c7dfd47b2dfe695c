/** The options that are settings of a run, which the function checks as well. */
import type * as z from 'zod';
import { RUN_SETTINGS, type RunSettings } from '../../functions/snapshot/setting-rules.ts';

export const RUN_OPTIONS = {
  anodotUrl: RUN_SETTINGS.anodotUrl.meta({
    title: 'Anodot host',
    description: "URL of the account's Anodot host.",
    examples: ['https://ap.anodot.com'],
  }),
  allowOtherHost: RUN_SETTINGS.allowOtherHost.meta({
    title: 'Allow another host',
    description: 'Whether the token may be sent to a host outside anodot.com.',
    examples: [true],
  }),
  formats: RUN_SETTINGS.formats.meta({
    title: 'Formats',
    description: 'Formats in which users are published. `json` is always included.',
    examples: [['json']],
  }),
  maxDropPercent: RUN_SETTINGS.maxDropPercent.meta({
    title: 'Largest drop of users',
    description:
      'Percentage from 0 to 100. A snapshot is refused if it lost more than this percentage of the previous users, and more than three users.',
    examples: [20],
  }),
  allowEmpty: RUN_SETTINGS.allowEmpty.meta({
    title: 'Allow an empty account',
    description: 'Whether to publish a snapshot of an account without users.',
    examples: [true],
  }),
  keepRaw: RUN_SETTINGS.keepRaw.meta({
    title: 'Keep raw responses',
    description: "Whether to keep Anodot's raw responses under `raw/`.",
    examples: [false],
  }),
} as const satisfies { readonly [name in keyof RunSettings]: z.ZodType };

import type { BuildOptions } from 'esbuild';

/** The entry file of each function, relative to the project's folder. */
export const FUNCTIONS = {
  'take-snapshot': 'functions/take-snapshot/handler.ts',
  'request-snapshot': 'functions/request-snapshot/handler.ts',
} as const;

/**
 * How `npm run bundle`, the deployment and the tests bundle a function into one file.
 *
 * Minified CommonJS, built from the ES modules of packages that have them, starts fastest. Names are kept, because the log shows only the
 * stack frames of a bug. Lambda passes credentials in the environment, so the providers that read a user's files are excluded, with the
 * clients that they need. That saves a seventh of the size.
 */
export const BUNDLING = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  legalComments: 'none',
  external: [
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-login',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@aws-sdk/token-providers',
  ],
} satisfies BuildOptions;

import type { BuildOptions } from 'esbuild';

/** The file of each function that Lambda enters, below the project's folder. */
export const FUNCTIONS = {
  'take-snapshot': 'functions/take-snapshot/handler.ts',
  'request-snapshot': 'functions/request-snapshot/handler.ts',
} as const;

/**
 * How a function becomes one file, for whoever bundles it: `npm run bundle`, the deployment, the tests.
 *
 * CommonJS, minified, and the packages' ES modules wherever they have them: of all ways it starts soonest. Names are kept, since a bug
 * shows in the log by the frames of its stack alone. Lambda gives credentials in the environment, so the providers that read a person's
 * files, and the clients that they need, stay out: a seventh of the size.
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

/**
 * Options of a client for a service of AWS that responds within a tenth of a second. Waiting long for it would leave too little time for the
 * rest of the run. In milliseconds.
 */
export const QUICK_CLIENT = {
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 2_000,
    socketTimeout: 5_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
} as const;

/** The entry file of each function, relative to the project's folder. */
export const FUNCTIONS = {
  'take-snapshot': 'functions/take-snapshot/handler.ts',
  'request-snapshot': 'functions/request-snapshot/handler.ts',
} as const;

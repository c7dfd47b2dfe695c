import { describePage } from './describe-page.ts';
import { hostileAccount } from './hostile-account.ts';
import type { Pages } from './reviewed-pages.ts';

let made: Promise<Pages> | undefined;
const pages = (): Promise<Pages> => {
  made ??= hostileAccount();
  return made;
};

describePage('The report of an account with hostile values', async () => (await pages()).report);
describePage('The population of a review of it', async () => (await pages()).population);
describePage('The outcome of that review', async () => (await pages()).outcome);

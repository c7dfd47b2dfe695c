/** Finds what makes a page hard to use with a screen reader, a keyboard or weak eyes: the rules of axe-core. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { type View, withPage } from './opened-page.ts';

/** Switches off the page's script only. The rules run as script too. */
const NO_SCRIPT = "script-src 'none'";

const VIEWS: Readonly<Record<string, View>> = {
  light: {},
  'light, without script': { policy: NO_SCRIPT },
  narrow: { width: 360 },
};
/** These differ from the others in colors only. */
const COLORED: Readonly<Record<string, View>> = {
  dark: { scheme: 'dark' },
  'dark, without script': { scheme: 'dark', policy: NO_SCRIPT },
  'forced colors and reduced motion': { options: { forcedColors: 'active', reducedMotion: 'reduce' } },
};

/** @returns the violations of every rule, best practices and experimental rules included. Only those of WCAG level AAA are left out. */
export async function accessFaults(browser: Browser, file: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [views, rules] of [
    [VIEWS, rulesOf(() => true)],
    [COLORED, rulesOf(({ tags }) => tags.includes('cat.color'))],
  ] as const)
    for (const [how, view] of Object.entries(views))
      for (const fault of await withPage(browser, file, view, (page) => violations(page, rules)))
        faults.push(`${how}: ${fault}`);
  return faults;
}

const rulesOf = (isWanted: (rule: axe.RuleMetadata) => boolean): string[] =>
  axe
    .getRules()
    .filter(({ tags }) => !tags.includes('wcag2aaa') && !tags.includes('deprecated'))
    .filter(isWanted)
    .map(({ ruleId }) => ruleId);

async function violations(page: Page, rules: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate(
    (values) => window.axe.run(document, { runOnly: { type: 'rule', values }, resultTypes: ['violations'] }),
    [...rules],
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

/** Finds text that can't be read without script or without style. */
import type { Browser } from 'playwright-core';
import { JENKINS, type View, withPage } from './opened-page.ts';
import { type Texts, textsOf } from './visible-text.ts';

const WITHOUT: Readonly<Record<string, View>> = {
  'without script': { script: false },
  'without style': { policy: "style-src 'none'" },
  'without script and style, as Jenkins shows it': { policy: JENKINS },
};

/** @returns texts that are hidden, or that are there only with script and style or only without */
export async function readingFaults(browser: Browser, file: string): Promise<string[]> {
  const full = await withPage(browser, file, {}, textsOf);
  if (full.visible.length === 0) return ['shows no text'];
  const faults = hiddenIn('with script and style', full);
  for (const [how, view] of Object.entries(WITHOUT)) {
    const texts = await withPage(browser, file, view, textsOf);
    faults.push(...hiddenIn(how, texts), ...missingIn(how, texts, full), ...missingIn(`except ${how}`, full, texts));
  }
  return faults;
}

const hiddenIn = (how: string, { hidden }: Texts): string[] => hidden.map((text) => `hides ${how}: ${text}`);

function missingIn(how: string, { visible }: Texts, { visible: all }: Texts): string[] {
  const left = Map.groupBy(visible, (text) => text);
  return all.filter((text) => left.get(text)?.pop() === undefined).map((text) => `lacks ${how}: ${text}`);
}

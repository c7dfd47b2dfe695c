/** The report as a page: the verdict first, then one section for each question. */
import type { Page } from '../page/page.ts';
import { administrators } from './administrators.ts';
import { changes } from './changes.ts';
import { days } from './days.ts';
import { dormant } from './dormant.ts';
import { drift } from './drift.ts';
import { groups } from './groups.ts';
import { howToCheck } from './how-to-check.ts';
import { joinersAndLeavers } from './joiners-and-leavers.ts';
import type { ReportInput } from './report-input.ts';
import { usersByRole, usersByState } from './users-over-time.ts';
import { headlineText, verdict } from './verdict.ts';

/** In the order of the page. */
const SECTIONS = [
  days,
  usersByState,
  usersByRole,
  joinersAndLeavers,
  administrators,
  changes,
  dormant,
  groups,
  drift,
  howToCheck,
] as const;

export const reportPage = (input: ReportInput): Page => ({
  title: `${headlineText(input.newest)}: Anodot users`,
  body: [...verdict(input), ...SECTIONS.map((section) => section(input))],
});

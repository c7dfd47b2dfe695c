import { describePage } from './describe-page.ts';
import { hostilePage } from './hostile-page.ts';
import { writtenPage } from './written-page.ts';

describePage('A page with hostile values', () => writtenPage(hostilePage()));

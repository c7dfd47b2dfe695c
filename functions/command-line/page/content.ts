/** Values of the account in a page: always text, whatever they hold. */
import type { Element } from 'hast';
import { h } from 'hastscript';

/** What a cell or a sentence is made of. A text is escaped when the page is written. */
export type Content = string | number | null | Element | readonly Content[];

/** A value that comes from the account, such as a name or a role. Its direction doesn't reach its neighbours. */
export const accountText = (text: string | null): Element => h('bdi', text ?? '');

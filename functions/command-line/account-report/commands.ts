/** The commands that the report advises: each can be typed as shown, in the way the program was called. */
import type { Element } from 'hast';
import { typed } from '../called-as.ts';
import { type Content, commandText } from '../page/content.ts';
import { shellWord } from '../shell-word.ts';
import { storeWords } from '../snapshot-summary.ts';

export class Commands {
  readonly #program: string;
  readonly #place: string;

  /** @param program as in Terminal @param place as `--store` names it */
  constructor(program: string, place: string) {
    this.#program = program;
    this.#place = place;
  }

  command(...words: readonly string[]): Element {
    return commandText(typed(this.#program, ...words.map((word) => shellWord(word)), ...storeWords(this.#place)));
  }

  /** A query of a folder. A bucket is queried in Athena. */
  query(sql: string): Content {
    if (this.#place.startsWith('s3://')) return ['in Athena: ', commandText(sql)];
    return commandText(typed(this.#program, 'query', ...storeWords(this.#place), `"${sql}"`));
  }
}

/** What follows a table that is cut. */
export const restBy = (command: Content): Content => ['For all of them: ', command, '.'];

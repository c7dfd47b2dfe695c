/** Characters that could control a terminal or reorder its text: control and format characters, line separators, lone surrogates. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A key or path that is safe to quote in a message. Anyone may have named an object of the store, with any characters. */
export const printable = (name: string): string =>
  name.replace(STEERING, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);

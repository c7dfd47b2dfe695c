/** What would steer a terminal or reorder its text: control and format characters, line separators, lone surrogates. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A key or a path as a message may quote it. Names in a store may be anyone's, and hold any character. */
export const printable = (name: string): string =>
  name.replace(STEERING, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);

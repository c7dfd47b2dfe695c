/** ECMAScript's raw JSON texts, which Node supports and TypeScript's libraries lack. */
interface JSON {
  rawJSON(text: string): object;
}

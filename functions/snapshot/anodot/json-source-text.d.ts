/** ECMAScript's JSON.parse source text access, which Node supports and TypeScript's libraries lack. */
interface JSON {
  rawJSON(text: string): object;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
}

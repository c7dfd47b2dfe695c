/** Replaces lone surrogates, which UTF-8 can't represent, with U+FFFD, and counts them. */
export class SurrogateRepair {
  count = 0;

  text(value: string): string {
    if (value.isWellFormed()) return value;
    const repaired = value.toWellFormed();
    for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) !== repaired.charCodeAt(i)) this.count++;
    return repaired;
  }

  texts(values: readonly string[]): string[] {
    return values.map((value) => this.text(value));
  }

  nullable(value: string | null | undefined): string | null {
    return typeof value === 'string' ? this.text(value) : null;
  }

  /** JSON.stringify writes a lone surrogate, and nothing else, as an escape that begins with `\ud`. */
  json(value: string): string {
    if (!value.includes('\\ud')) return value; // nearly always
    return value.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (sequence, surrogate) => {
      if (surrogate === undefined) return sequence;
      this.count++;
      return '\ufffd';
    });
  }
}

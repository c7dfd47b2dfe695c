/** SQL that Trino and DuckDB evaluate differently, or that one of them rejects. */
export interface Unportable {
  readonly pattern: RegExp;
  /** An example that the pattern matches. */
  readonly seen: string;
  readonly instead: string;
}

const call = (...names: string[]): RegExp => new RegExp(`\\b(?:${names.join('|')})\\s*\\(`, 'i');

export const UNPORTABLE: readonly Unportable[] = [
  { pattern: /(?<!\barray)\[/i, seen: 'roles[1]', instead: 'element_at: a missing element is an error in Trino' },
  { pattern: call('max_by', 'min_by'), seen: 'max_by(a, b)', instead: 'row_number() = 1: nulls differ' },
  {
    pattern: /\blocaltimestamp\b|\bcurrent_date\b|\bnow\s*\(/i,
    seen: 'current_date',
    instead: 'UTC: the session has a zone',
  },
  {
    pattern: /\bcurrent_timestamp\b(?! at time zone 'UTC' as date)/i,
    seen: 'cast(current_timestamp as date)',
    instead: "cast(current_timestamp at time zone 'UTC' as date)",
  },
  {
    pattern: /\bwith time zone\b|\bat_timezone\b|from_iso8601_timestamp/i,
    seen: 'timestamp with time zone',
    instead: 'timestamp(3): Athena takes no zone in a view',
  },
  { pattern: /\btimestamp\b(?!\(3\))/i, seen: 'cast(x as timestamp)', instead: 'timestamp(3)' },
  { pattern: /(?<!')\/|\/(?!')/, seen: 'a/b', instead: 'cast to double: quotients differ' },
  { pattern: /(?<!cast\()\bsum\s*\(/i, seen: 'sum(x)', instead: 'cast(sum(x) as bigint): DuckDB makes it wider' },
  { pattern: /date_diff\('day', (?!cast\()/i, seen: "date_diff('day', a, b)", instead: 'cast both to date' },
  { pattern: call('greatest', 'least', 'concat'), seen: 'concat(a, b)', instead: '|| or coalesce: nulls differ' },
  { pattern: /\bdate_trunc\b/i, seen: "date_trunc('month', d)", instead: 'cast(… as date)' },
  {
    pattern: call(
      'format',
      'listagg',
      'transform',
      'any_match',
      'none_match',
      'all_match',
      'slice',
      'array_union',
      'zip',
    ),
    seen: "format('%s', x)",
    instead: 'nothing: DuckDB lacks it or takes it otherwise',
  },
  {
    pattern: call(
      'date_parse',
      'date_add',
      'json_value',
      'to_utf8',
      'any_value',
      'list',
      'len',
      'strftime',
      'strptime',
    ),
    seen: 'any_value(x)',
    instead: 'arbitrary, interval: one of the engines lacks it',
  },
  { pattern: /\btablesample\b|\bqualify\b/i, seen: 'qualify x', instead: 'a subquery' },
  { pattern: /\b(?:exclude|except)\s*\(|\bgroup by (?:all|\d)\b/i, seen: 'group by all', instead: 'name the columns' },
  { pattern: /\bvalues\s+[^(\s]/i, seen: 'values 1, 2', instead: 'values (1), (2)' },
  { pattern: /\bas varchar\(\d|::/i, seen: 'x::text', instead: 'cast(x as varchar)' },
  { pattern: /\bas array\(/i, seen: 'cast(x as array(varchar))', instead: 'cast(x as varchar array)' },
  { pattern: /"\$/, seen: '"$path"', instead: 'nothing: a view has no hidden columns' },
  { pattern: /\bstring\b|\btext\b/i, seen: 'cast(x as string)', instead: 'varchar' },
  {
    pattern: /\bregexp_(?:extract|replace)\b/i,
    seen: "regexp_replace(a, 'b')",
    instead: 'nothing: all and none differ',
  },
  {
    pattern: /\bsequence\((?!s\.first_day, s\.today\))/,
    seen: 'sequence(b, a)',
    instead: 'days in order, below 10,000',
  },
];

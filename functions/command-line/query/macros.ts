/**
 * Macros for Trino functions that DuckDB lacks or implements differently. They are enough for the views and for most queries.
 * A macro shadows DuckDB's function of the same name, which stays available as `system.main.NAME`.
 */
export const MACROS: readonly string[] = [
  // Lists and maps. A missing element is null, as are comparisons with one.
  `cardinality(a) as len(a)`,
  `element_at(c, k) as c[k]`,
  `contains(a, x) as case
     when list_contains(a, x) then true
     when len(a) > list_count(a) then null
     else list_contains(a, x)
   end`,
  `array_join(a, d) as array_to_string(a, d),
   (a, d, n) as array_to_string(list_transform(a, lambda x: coalesce(cast(x as varchar), n)), d)`,
  `array_except(a, b) as list_filter(list_distinct(a), lambda x: not list_contains(b, x))`,
  `array_union(a, b) as list_distinct(list_concat(a, b))`,
  `arrays_overlap(a, b) as list_has_any(a, b)`,
  `map_agg(k, v) as map(list(k), list(v))`,
  `approx_distinct(x) as approx_count_distinct(x)`,
  // Days and times, in UTC. Differences count whole units only, even across a boundary such as midnight.
  `sequence(a, b) as list_transform(
     generate_series(cast(a as timestamp), cast(b as timestamp), interval '1' day), lambda t: cast(t as date))`,
  `date_diff(unit, a, b) as date_sub(unit, a, b)`,
  `day_of_week(t) as isodow(t)`,
  `to_unixtime(t) as epoch(t)`,
  `from_iso8601_timestamp(s) as cast(s as timestamptz)`,
  `from_iso8601_date(s) as cast(s as date)`,
  `at_timezone(t, zone) as timezone(zone, t)`,
  `to_iso8601(t) as case typeof(t)
     when 'DATE' then strftime(t, '%Y-%m-%d')
     when 'TIMESTAMP WITH TIME ZONE' then strftime(t, '%Y-%m-%dT%H:%M:%S.%gZ')
     else strftime(t, '%Y-%m-%dT%H:%M:%S.%g')
   end`,
  `date_format(t, f) as strftime(t,
     replace(replace(replace(replace(f, '%M', '%B'), '%i', '%M'), '%s', '%S'), '%W', '%A'))`,
  // Texts. No match gives null, and every match is replaced.
  `regexp_like(s, p) as regexp_matches(s, p)`,
  `regexp_extract(s, p) as case when regexp_matches(s, p) then system.main.regexp_extract(s, p) end,
   (s, p, n) as case when regexp_matches(s, p) then system.main.regexp_extract(s, p, n) end`,
  `regexp_replace(s, p) as system.main.regexp_replace(s, p, '', 'g'),
   (s, p, r) as system.main.regexp_replace(s, p, r, 'g')`,
  `json_parse(s) as cast(s as json)`,
  `json_format(j) as cast(j as varchar)`,
  `json_extract_scalar(j, path) as case
     when json_valid(j) and json_type(j, path) not in ('OBJECT', 'ARRAY') then json_extract_string(j, path)
   end`,
];

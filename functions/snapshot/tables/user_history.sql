-- Everyone who had access, as far back as users are kept, one row per user: first and last seen, and the intervals of presence. Only a
-- snapshot without the user ends an interval. A day without a snapshot doesn't. Email and names are the latest known.
-- Example: select email, first_dt, last_dt, intervals from user_history where not is_present order by last_dt desc
with
-- A day whose rows have expired or were removed counts as a day without a snapshot, on which no one left.
days as (
  select dt, row_number() over (order by dt) as day_number, count(*) over () as newest_number
  from (
    select dt, min(user_count) as user_count
    from snapshots
    where dt <= cast(cast(current_timestamp at time zone 'UTC' as date) as varchar)
    group by dt
  ) published
  left join (select distinct dt as listed_dt from users) listed on listed_dt = dt
  where listed_dt is not null or user_count = 0
),
present as (
  select
    u.id, d.dt, d.day_number, d.newest_number,
    max(u.email) as email, max(u.first_name) as first_name, max(u.last_name) as last_name
  from users u
  join days d on d.dt = u.dt
  group by u.id, d.dt, d.day_number, d.newest_number
),
numbered as (
  select
    id, dt, day_number, newest_number,
    day_number - row_number() over (partition by id order by day_number) as stay,
    first_value(email) over newest_first as email,
    first_value(first_name) over newest_first as first_name,
    first_value(last_name) over newest_first as last_name
  from present
  window newest_first as (partition by id order by day_number desc)
),
stays as (
  select
    id, email, first_name, last_name,
    min(dt) as first_dt, max(dt) as last_dt, max(day_number) = max(newest_number) as is_present, count(*) as day_count
  from numbered
  group by id, email, first_name, last_name, stay
)
select
  id, email, first_name, last_name,
  min(first_dt) as first_dt,
  max(last_dt) as last_dt,
  bool_or(is_present) as is_present,
  cast(sum(day_count) as bigint) as day_count,
  array_agg(first_dt || '/' || last_dt order by first_dt) as intervals
from stays
group by id, email, first_name, last_name

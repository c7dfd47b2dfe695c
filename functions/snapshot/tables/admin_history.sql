-- Who was an administrator and when, one row per user and interval. first_dt and last_dt are the first and last snapshot of the
-- interval. until_dt is the next snapshot, without the role, and ended says whether the role was revoked or the user left. Both are
-- null for a current administrator. A day without a snapshot doesn't end an interval. Email and names are the latest known.
-- Example: select email, first_dt, until_dt, ended from admin_history order by first_dt, email
with
-- A day whose rows have expired or were removed counts as a day without a snapshot, on which no one left.
days as (
  select
    dt, lead(dt) over (order by dt) as next_dt,
    row_number() over (order by dt) as day_number, count(*) over () as newest_number
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
    u.id, d.dt, d.next_dt, d.day_number, d.newest_number,
    max(u.email) as email, max(u.first_name) as first_name, max(u.last_name) as last_name,
    bool_or(coalesce(contains(u.roles, 'customer-admin'), false)) as is_admin
  from users u
  join days d on d.dt = u.dt
  group by u.id, d.dt, d.next_dt, d.day_number, d.newest_number
),
numbered as (
  select
    id, dt, next_dt, day_number, newest_number, is_admin,
    day_number - row_number() over (partition by id, is_admin order by day_number) as stay,
    lead(day_number) over (partition by id order by day_number) as next_number,
    first_value(email) over newest_first as email,
    first_value(first_name) over newest_first as first_name,
    first_value(last_name) over newest_first as last_name
  from present
  window newest_first as (partition by id order by day_number desc)
),
stays as (
  select
    id, email, first_name, last_name,
    min(dt) as first_dt, max(dt) as last_dt, count(*) as day_count,
    max(day_number) as last_number, max(newest_number) as newest_number,
    max(next_dt) as next_dt, max(next_number) as next_number
  from numbered
  where is_admin
  group by id, email, first_name, last_name, stay
)
select
  id, email, first_name, last_name, first_dt, last_dt,
  case when last_number < newest_number then next_dt end as until_dt,
  case
    when last_number = newest_number then null
    when next_number = last_number + 1 then 'revoked'
    else 'left'
  end as ended,
  day_count
from stays

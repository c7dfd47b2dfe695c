-- For an access review, one row per user of the latest published snapshot: roles and groups as text, start of the administrator role,
-- days without activity, first seen, and the latest change. The dates go back as far as the snapshots do.
-- Example: select email, is_admin, admin_since, roles, group_names, state, quiet_days from access_review order by is_admin desc, email
with
published as (
  select dt, min(user_count) as user_count
  from snapshots
  where dt <= cast(cast(current_timestamp at time zone 'UTC' as date) as varchar)
  group by dt
),
-- A day whose rows have expired or were removed counts as a day without a snapshot.
days as (
  select dt, row_number() over (order by dt) as day_number, count(*) over () as newest_number
  from published
  left join (select distinct dt as listed_dt from users) listed on listed_dt = dt
  where listed_dt is not null or user_count = 0
),
present as (
  select
    u.id, d.dt, d.day_number, d.newest_number,
    bool_or(coalesce(contains(u.roles, 'customer-admin'), false)) as is_admin
  from users u
  join days d on d.dt = u.dt
  group by u.id, d.dt, d.day_number, d.newest_number
),
-- Counted back from the newest day, up to the first gap.
numbered as (
  select
    id, dt, is_admin,
    day_number + row_number() over (partition by id, is_admin order by day_number desc) = newest_number + 1 as is_lasting
  from present
),
seen as (
  select id, min(dt) as first_dt, min(dt) filter (where is_admin and is_lasting) as admin_since
  from numbered
  group by id
),
kinds as (
  select distinct c.id, c.dt, c.change
  from user_changes c
  join published p on p.dt = c.dt
),
changed as (
  select
    id, dt,
    array_join(array_agg(change order by change), ', ') as changes,
    row_number() over (partition by id order by dt desc) as recency
  from kinds
  group by id, dt
)
select
  u.dt, u.id, u.email, u.first_name, u.last_name, u.state, u.is_admin,
  s.admin_since,
  array_join(u.roles, ', ') as roles,
  array_join(u.group_names, ', ') as group_names,
  u.created_at, u.last_active,
  date_diff('day', cast(coalesce(u.last_active, u.created_at) as date), cast(u.observed_at as date)) as quiet_days,
  s.first_dt,
  c.dt as changed_dt,
  c.changes
from current_users u
left join seen s on s.id = u.id
left join changed c on c.id = u.id and c.recency = 1

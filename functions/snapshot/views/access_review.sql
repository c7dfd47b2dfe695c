-- What a reviewer of access wants to see, one row per user of the latest published snapshot: rights in words, since when they are
-- administrator, how long they were quiet, when they were first seen and what changed last. The dates go back as far as the snapshots.
-- Example: select email, is_admin, admin_since, roles, group_names, state, quiet_days from access_review order by is_admin desc, email
with
published as (
  select distinct dt
  from snapshots
  where dt <= cast(cast(current_timestamp at time zone 'UTC' as date) as varchar)
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
  a.first_dt as admin_since,
  array_join(u.roles, ', ') as roles,
  array_join(u.group_names, ', ') as group_names,
  u.created_at, u.last_active,
  date_diff('day', cast(coalesce(u.last_active, u.created_at) as date), cast(u.observed_at as date)) as quiet_days,
  h.first_dt,
  c.dt as changed_dt,
  c.changes
from current_users u
left join user_history h on h.id = u.id
left join admin_history a on a.id = u.id and a.until_dt is null
left join changed c on c.id = u.id and c.recency = 1

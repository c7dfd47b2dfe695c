-- The counts of each published day, from its manifest. rows_match says whether the users table has as many rows: false if a commit
-- isn't finished or the folder has an untracked file, null if the rows have expired. Counts of changes are null without a comparison.
-- Example: select dt, user_count, admin_count, joined_count, left_count, rows_match from daily_counts order by dt desc
with
published as (
  select
    dt, observed_at, user_count, admin_count, states, previous_dt, changes,
    row_number() over (partition by dt order by commit desc) as recency
  from snapshots
  where dt <= cast(cast(current_timestamp at time zone 'UTC' as date) as varchar)
),
counted as (
  select dt, count(*) as row_count
  from users
  group by dt
)
select
  p.dt,
  cast(replace(replace(p.observed_at, 'T', ' '), 'Z', '') as timestamp(3)) as observed_at,
  p.user_count,
  coalesce(c.row_count, 0) as row_count,
  case when c.row_count is null and p.user_count > 0 then null else coalesce(c.row_count, 0) = p.user_count end as rows_match,
  p.admin_count,
  p.states.active as active_count,
  p.states.dormant as dormant_count,
  p.states.new as new_count,
  p.states.never_active as never_active_count,
  p.states.disabled as disabled_count,
  p.previous_dt,
  p.changes.joined as joined_count,
  p.changes."left" as left_count,
  p.changes.admin_granted as admin_granted_count,
  p.changes.admin_revoked as admin_revoked_count
from published p
left join counted c on c.dt = p.dt
where p.recency = 1

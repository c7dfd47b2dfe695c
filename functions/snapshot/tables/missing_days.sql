-- Days without a snapshot, from the first snapshot up to yesterday: the nearest snapshots, how many runs started on the day, and how
-- the last one ended. last_status is null if no run started. If it is running, the run was killed.
-- Example: select dt, last_status, last_message from missing_days order by dt desc
with
published as (
  select distinct dt
  from snapshots
  where dt <= cast(cast(current_timestamp at time zone 'UTC' as date) as varchar)
),
span as (
  select cast(min(dt) as date) as first_day, cast(current_timestamp at time zone 'UTC' as date) as today
  from published
),
calendar as (
  select cast(c.day as varchar) as dt, cast(s.today as varchar) as today
  from span s
  cross join unnest(sequence(s.first_day, s.today)) as c (day)
),
around as (
  select
    c.dt, c.today, p.dt as published_dt,
    max(p.dt) over (order by c.dt rows between unbounded preceding and current row) as previous_dt,
    min(p.dt) over (order by c.dt rows between current row and unbounded following) as next_dt
  from calendar c
  left join published p on p.dt = c.dt
),
runs as (
  select
    dt, status, message,
    row_number() over (partition by dt order by started_at desc, run_id desc) as recency,
    count(*) over (partition by dt) as run_count
  from snapshot_runs
)
select
  a.dt, a.previous_dt, a.next_dt,
  coalesce(r.run_count, 0) as run_count, r.status as last_status, r.message as last_message
from around a
left join runs r on r.dt = a.dt and r.recency = 1
where a.published_dt is null and a.dt < a.today

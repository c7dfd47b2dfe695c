-- Who is in the account now, disabled users included: the latest published snapshot, with states and group names. Times are UTC.
-- Example: select email, state, group_names from current_users where is_admin or state = 'active' order by email
with
latest as (
  select
    dt,
    groups as groups_status,
    cast(replace(replace(observed_at, 'T', ' '), 'Z', '') as timestamp(3)) as observed_at
  from snapshots
  where dt <= cast(cast(current_timestamp at time zone 'UTC' as date) as varchar)
  order by dt desc, commit desc
  limit 1
),
-- Joined directly with a single row, so that only the objects of that day are read.
listed as (
  select
    u.dt, u.id, u.email, u.first_name, u.last_name, u.roles, u.disabled, u.owner_organization,
    u.groups, u.default_group, u.extra_json, l.observed_at,
    cast(replace(replace(u.created_at, 'T', ' '), 'Z', '') as timestamp(3)) as created_at,
    cast(replace(replace(u.last_active, 'T', ' '), 'Z', '') as timestamp(3)) as last_active,
    row_number() over (partition by u.id order by u.email) as copy
  from users u
  join latest l on l.dt = u.dt
),
-- If the day's latest run couldn't read groups, an earlier run's groups may still be stored. Ids replace the names in that case.
names as (
  select g.id, max(g.name) as name
  from groups g
  join latest l on l.dt = g.dt
  where l.groups_status = 'published'
  group by g.id
),
-- Looks up the names of a user's groups and default group together. If the account's groups aren't a list, groups and names are null.
named as (
  select
    u.id,
    arbitrary(u.dt) as dt,
    arbitrary(u.email) as email,
    arbitrary(u.first_name) as first_name,
    arbitrary(u.last_name) as last_name,
    arbitrary(u.roles) as roles,
    coalesce(
      array_agg(coalesce(n.name, m.id) order by m.place) filter (where m.place <= cardinality(u.groups)),
      arbitrary(u.groups)
    ) as group_names,
    arbitrary(u.groups) as groups,
    arbitrary(u.default_group) as default_group,
    max(coalesce(n.name, m.id)) filter (where m.place > coalesce(cardinality(u.groups), 0)) as default_group_name,
    arbitrary(u.disabled) as disabled,
    arbitrary(u.owner_organization) as owner_organization,
    arbitrary(u.created_at) as created_at,
    arbitrary(u.last_active) as last_active,
    arbitrary(u.observed_at) as observed_at,
    arbitrary(u.extra_json) as extra_json
  from listed u
  cross join unnest(coalesce(u.groups, cast(array[] as varchar array)) || array[u.default_group]) with ordinality as m (id, place)
  left join names n on n.id = m.id
  where u.copy = 1
  group by u.id
)
select
  dt, id, email, first_name, last_name,
  case
    when disabled then 'disabled'
    when last_active is null and created_at >= observed_at - interval '90' day then 'new'
    when last_active is null then 'never_active'
    when last_active >= observed_at - interval '90' day then 'active'
    else 'dormant'
  end as state,
  coalesce(contains(roles, 'customer-admin'), false) as is_admin,
  roles, group_names, groups, default_group, default_group_name, disabled, owner_organization,
  created_at, last_active, observed_at, extra_json
from named

/** What changed between the users of two days, in SQL: the rules of the data contract, written down a second time. */
export const changesInSql = (earlier: string, later: string): string => `
with
pairs as (
  select
    coalesce(b.id, a.id) as id,
    a.id is not null as was, b.id is not null as is_now,
    a.roles as old_roles, b.roles as new_roles,
    coalesce(contains(a.roles, 'customer-admin'), false) as was_admin,
    coalesce(contains(b.roles, 'customer-admin'), false) as is_admin,
    a.groups as old_groups, b.groups as new_groups,
    a.disabled as old_disabled, b.disabled as new_disabled,
    a.default_group is distinct from b.default_group as other_default_group,
    a.email is distinct from b.email as other_email,
    a.first_name is distinct from b.first_name or a.last_name is distinct from b.last_name as other_name
  from (select * from users where dt = '${earlier}') a
  full join (select * from users where dt = '${later}') b on b.id = a.id
),
both_sides as (select * from pairs where was and is_now),
members as (
  select distinct id, 'role_added' as change, member from both_sides, unnest(new_roles) as u (member)
    where not contains(old_roles, member)
  union all select distinct id, 'role_removed', member from both_sides, unnest(old_roles) as u (member)
    where not contains(new_roles, member)
  union all select distinct id, 'group_added', member from both_sides, unnest(new_groups) as u (member)
    where not contains(old_groups, member)
  union all select distinct id, 'group_removed', member from both_sides, unnest(old_groups) as u (member)
    where not contains(new_groups, member)
)
select id, 'joined' as change, null as member from pairs where not was
union all select id, 'left', null from pairs where not is_now
union all select id, 'admin_granted', 'customer-admin' from pairs where is_admin and not was_admin
union all select id, 'admin_revoked', 'customer-admin' from pairs
  where was_admin and not is_admin and (not is_now or new_roles is not null)
union all select id, change, member from members where not (change like 'role%' and member = 'customer-admin')
union all select id, case when new_disabled then 'disabled' else 'enabled' end, null from both_sides
  where old_disabled <> new_disabled
union all select id, 'default_group_changed', null from both_sides where other_default_group
union all select id, 'email_changed', null from both_sides where other_email
union all select id, 'name_changed', null from both_sides where other_name`;

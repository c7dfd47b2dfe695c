-- Users without activity in the 90 days before the latest published snapshot. State dormant: was active earlier. State never_active:
-- was never active, and was created more than 90 days before. New and disabled accounts are left out.
-- Example: select email, state, quiet_days from dormant_users where is_admin order by quiet_days desc
select
  dt, id, email, first_name, last_name, state,
  date_diff('day', cast(coalesce(last_active, created_at) as date), cast(observed_at as date)) as quiet_days,
  is_admin, roles, group_names, created_at, last_active
from current_users
where state in ('dormant', 'never_active')

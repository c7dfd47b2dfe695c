-- Users who were never active, in the latest published snapshot. State new: created in the 90 days before. State never_active: created
-- earlier, or at an unknown time. Disabled accounts are left out.
-- Example: select email, age_days from never_active_users where state = 'never_active' order by age_days desc
select
  dt, id, email, first_name, last_name, state,
  date_diff('day', cast(created_at as date), cast(observed_at as date)) as age_days,
  is_admin, roles, group_names, created_at
from current_users
where state in ('new', 'never_active')

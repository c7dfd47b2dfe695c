-- The administrators in the latest published snapshot, including disabled ones.
-- Example: select email, state, last_active from current_admins order by last_active
select dt, id, email, first_name, last_name, state, roles, group_names, created_at, last_active
from current_users
where is_admin

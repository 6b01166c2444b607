-- name: limit
-- How many days the workspace keeps its meetings, and the moment before which none may have been held.
select keep_days as days, now() - make_interval(days => keep_days) as oldest
from workspaces
where id = %(workspace_id)s and keep_days is not null

-- name: set_days
update workspaces set keep_days = %(days)s where id = %(workspace_id)s

-- name: expired
-- Of every workspace that has a limit how many meetings, committed or staged, were held before it (index
-- meeting_versions_by_date).
select w.name, w.keep_days as days, count(distinct held.meeting_id)::int as meetings
from workspaces w
cross join lateral (
    select meeting_id from meeting_versions v
    where v.workspace_id = w.id and v.date < now() - make_interval(days => w.keep_days)
        and v.retracted_at is null and v.kind = 'meeting'
    union all
    select meeting_id from sources s
    where s.workspace_id = w.id and s.date < now() - make_interval(days => w.keep_days)
) held
where w.keep_days is not null and (%(workspace_id)s::uuid is null or w.id = %(workspace_id)s)
group by w.name, w.keep_days
order by w.name

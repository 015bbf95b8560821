-- name: due_compared
-- Due times that were counted by a policy, beside what a publisher states.
select coalesce(substring(k.basis from '^category=(.*)'), c.category) as category, k.policy, k.calendar,
       count(*) as compared, count(*) filter (where abs(extract(epoch from k.due - k.stated_due)) <= 300) as within
from clocks k join cases c on c.id = k.complaint_id
where k.due is not null and k.stated_due is not null and k.clock = $2 and ($1::text is null or c.source = $1)
group by 1, 2, 3 order by 1, 2, 3;

-- name: due_deviating
select coalesce(substring(k.basis from '^category=(.*)'), c.category) as category, k.policy, k.calendar,
       k.started, k.due, k.stated_due
from clocks k join cases c on c.id = k.complaint_id
where abs(extract(epoch from k.due - k.stated_due)) > 300 and k.clock = $2 and ($1::text is null or c.source = $1)
order by k.started, c.id limit $3;

-- name: without_policy
select coalesce(substring(k.basis from '^category=(.*)'), c.category) as category, k.pack, count(*) as cases,
       count(k.stated_due) as stated
from clocks k join cases c on c.id = k.complaint_id
where k.state = 'not-started' and k.reason = 'no-policy' and k.clock = $2 and ($1::text is null or c.source = $1)
group by 1, 2 order by 3 desc, 1, 2;

-- name: case
select page, next_due_at, next_clock, resumed_provisional from pages join cases using (id) where id = $1;

-- name: numbered
select id from cases where starts_with(id, $1) limit 2;

-- name: party_of
select party_ref, id from cases where party_ref = any ($1::text[]) limit 2;

-- name: referred
select id from cases where source_ref = $1 limit 1;

-- name: erasures
select type, stream, at, actor, value from ledger
where type like 'complaints.intake.data-erased.v%' and verdict = 'admitted'
    and (stream = $1 or position(convert_to($2, 'UTF8') in value) > 0)
order by append_time_ms, partition, "offset";

-- name: conflicts
select distinct stream, person, type, at, partition, "offset" from conflicts where stream = any ($1::text[])
order by stream, "offset";

-- name: clusters_of
select page from clusters where $1 = any (members) order by id;

-- name: clusters_that_name
select stream from (select page::jsonb ->> 'stream' as stream, page::jsonb as page from clusters) named
where page -> 'members' ? $1 or page -> 'removed' ? $1 order by stream;

-- name: one_of_clusters
select page from clusters where id = $1;

-- name: clusters
select id, title, page from clusters
where ($1::text is null or id > $1) order by id limit $2;

-- name: clusters_without
select id, title from clusters where title is not null and not ($1 = any (members))
order by page #>> '{proposed,at}' desc, id limit $2;

-- name: budget_names
select id from budgets order by id limit $1;

-- name: one_of_budgets
select page from budgets where id = $1;

-- name: budgets
select page from budgets where ($1::text is null or id > $1) order by id limit $2;

-- name: record
select * from ledger where partition = $1 and "offset" = $2;

-- name: facts
-- Each partition in its own order, partitions merged by the broker's time, which only grows within one of them.
select * from (
    select l.*, max(l.append_time_ms) over (partition by l.partition order by l."offset") as seen_ms
    from unnest($1::integer[], $2::bigint[]) as w (partition, next_offset)
    cross join lateral (
        select * from ledger
        where partition = w.partition and "offset" >= w.next_offset and verdict = 'admitted'
        order by "offset" limit $3) l) merged
order by seen_ms, partition, "offset" limit $3;

-- name: facts_of
-- The same of some streams; by their own index.
select * from (
    select l.*, max(l.append_time_ms) over (partition by l.partition order by l."offset") as seen_ms
    from unnest($1::integer[], $2::bigint[]) as w (partition, next_offset)
    join ledger l on l.partition = w.partition and l."offset" >= w.next_offset
    where l.stream = any ($4::text[]) and l.verdict = 'admitted') of_some
order by seen_ms, partition, "offset" limit $3;

-- name: board
with judged as (
    select case $3 when 'grade' then c.grade when 'category' then c.category when 'product' then c.product
                   when 'branch' then c.branch when 'identity' then c.identity
                   when 'channel' then c.channel when 'owner' then c.owner end as class,
           u.id is not null as unjudged, k.stopped_at, k.standing, c.withdrawn, c.screening,
           case when u.id is null and k.due is not null then k.state end as state, k.due is null as without,
           k.state = 'not-started' and k.reason = 'no-policy' as no_policy,
           abs(extract(epoch from k.due - k.stated_due)) as apart
    from cases c
    left join unjudged u on u.id = c.id
    left join clocks k on k.complaint_id = c.id and k.clock = $2
    where $1::text is null or c.source = $1)
select class, grouping(class) = 1 as everything, count(*) as cases,
       count(*) filter (where state = 'met') as met,
       count(*) filter (where state = 'late' or state = 'breached' and stopped_at is not null) as late,
       count(*) filter (where state = 'breached' and stopped_at is null) as open_past_due,
       count(*) filter (where without and not unjudged) as no_deadline,
       count(*) filter (where state = 'running') as running,
       count(*) filter (where state = 'warned') as at_risk,
       count(*) filter (where state = 'paused') as paused,
       count(*) filter (where state = 'stopped') as stopped,
       count(*) filter (where unjudged) as unjudged,
       count(*) filter (where withdrawn) as withdrawn,
       count(*) filter (where screening in ('enquiry', 'sales-opportunity', 'out-of-scope')) as screened_out,
       count(*) filter (where apart is not null and not unjudged) as due_compared,
       count(*) filter (where apart <= 300 and not unjudged) as due_within_5_minutes,
       count(*) filter (where no_policy and not unjudged) as no_policy,
       count(*) filter (where standing = 'M' and not unjudged) as unconfirmed
from judged group by grouping sets ((), (class))
order by everything desc, cases desc, class nulls last;

-- name: board_clocks
select split_part(case when k.clock ^@ (k.pack || ':') then k.clock else split_part(k.clock, ':', 1) end, '#', 1) as clock,
       count(*) as clocks, count(*) filter (where k.due is null) as no_deadline,
       count(*) filter (where k.judged = 'met') as met,
       count(*) filter (where k.judged = 'late' or k.judged = 'breached' and k.stopped_at is not null) as late,
       count(*) filter (where k.judged = 'breached' and k.stopped_at is null) as open_past_due,
       count(*) filter (where k.judged = 'running') as running,
       count(*) filter (where k.judged = 'warned') as at_risk,
       count(*) filter (where k.judged = 'paused') as paused,
       count(*) filter (where k.judged = 'stopped') as stopped,
       count(*) filter (where k.standing = 'M') as unconfirmed
from (select *, case when due is not null then state end as judged from clocks) k join cases c on c.id = k.complaint_id
where not exists (select from unjudged u where u.id = c.id) and ($1::text is null or c.source = $1)
group by 1 order by clocks desc, clock;

-- name: board_weeks
select date_trunc('week', k.due, 'UTC') as week, count(*) filter (where k.state = 'met') as met, count(*) as judged
from clocks k join cases c on c.id = k.complaint_id
where k.clock = $2 and k.state in ('met', 'late', 'breached')
      and not exists (select from unjudged u where u.id = c.id) and ($1::text is null or c.source = $1)
group by 1 order by 1 desc limit 12;

-- name: board_next
-- What runs on after a closing, such as a reply to a later message, breaks like the rest.
select k.due, k.clock, k.policy, k.standing, k.provisional, k.state, c.id as complaint_id, c.owner, c.offered_to,
       c.grade, c.product
from clocks k join cases c on c.id = k.complaint_id
where k.state in ('running', 'warned') and k.due is not null
      and not exists (select from unjudged u where u.id = c.id) and ($1::text is null or c.source = $1)
order by k.due, c.id limit 10;

-- name: board_buckets
-- Open clocks by time to breach; the places are those of the console's chart, the first two are past due.
select width_bucket(extract(epoch from k.due - now()),
                    array[-86400, 0, 3600, 7200, 14400, 86400, 172800, 345600]::double precision[]) as bucket,
       count(*) as clocks
from clocks k join cases c on c.id = k.complaint_id
where k.state in ('running', 'warned', 'breached') and k.due is not null and k.stopped_at is null
      and not exists (select from unjudged u where u.id = c.id)
      and k.clock = $2 and ($1::text is null or c.source = $1)
group by 1 order by 1;

-- name: handoffs
select (select count(*) from cases where $1::text is null or source = $1) as cases,
       count(*) as cases_with_custody,
       coalesce(sum(events), 0)::bigint as events,
       coalesce(sum(team_handoffs), 0)::bigint as team_handoffs,
       coalesce(sum(ping_pongs), 0)::bigint as ping_pongs,
       count(*) filter (where ping_pongs > 0) as cases_with_ping_pongs,
       coalesce(sum(owner_changes), 0)::bigint as owner_changes,
       coalesce(sum(line_escalations), 0)::bigint as line_escalations,
       coalesce(sum(line_deescalations), 0)::bigint as line_deescalations,
       coalesce(sum(reopens), 0)::bigint as reopens,
       count(*) filter (where reopens > 0) as cases_with_reopens,
       coalesce(sum(wait_user_seconds), 0)::bigint as wait_user_seconds,
       coalesce(sum(wait_any_seconds), 0)::bigint as wait_any_seconds,
       count(*) filter (where wait_any_seconds > 0) as cases_with_waits,
       (select coalesce(sum(k.paused_seconds), 0)::bigint from clocks k join cases c on c.id = k.complaint_id
        where $1::text is null or c.source = $1) as paused_seconds,
       (select count(distinct c.id) from clocks k join cases c on c.id = k.complaint_id
        where k.paused_seconds > 0 and ($1::text is null or c.source = $1)) as cases_with_pauses,
       count(*) filter (where highest_support_line = 1) as highest_line_1,
       count(*) filter (where highest_support_line = 2) as highest_line_2,
       count(*) filter (where highest_support_line = 3) as highest_line_3
from handoffs where $1::text is null or source = $1;

-- name: reader_marks
select service, partition, mark, hash, reported_at from readers;

-- name: places
select partition, next_offset from positions order by partition;

-- name: write_parkings
insert into parkings as old
select service, stream, kind, partition, "offset", reason, attempts, since, mend_until, mended_at, told_at
from jsonb_populate_recordset(null::parkings, $1::jsonb)
on conflict (stream, service, kind) do update set
    partition = excluded.partition, "offset" = excluded."offset", reason = excluded.reason,
    attempts = excluded.attempts, since = excluded.since, mend_until = excluded.mend_until,
    mended_at = excluded.mended_at, told_at = excluded.told_at
where old.told_at < excluded.told_at;

-- name: unmended
select stream, service, kind, reason, since, mend_until from unmended
where stream = any ($1::text[]) order by since, service, kind;

-- name: write_accesses
insert into accesses select (jsonb_populate_recordset(null::accesses, $1::jsonb)).*
on conflict ("offset") do nothing;

-- name: first_access
select coalesce(max("offset") + 1, 0) from accesses;

-- name: rulebook_streams
select distinct stream from ledger
where stream >= 'rulebook/' and stream < 'rulebook0' and verdict = 'admitted' order by stream; -- by the index

-- name: paused
select k.complaint_id, k.clock, k.due, k.policy, k.calendar, k.paused_at, k.paused_seconds
from clocks k where k.state = 'paused' and k.due is not null;

-- name: clock_histories
-- Only what is told of clocks: nothing else is counted by.
select * from ledger where stream = any ($1::text[]) and type ^@ 'complaints.escalation.clock-' order by stream, "offset";

-- name: write_resumed
-- Rows that a batch is writing at this moment are left for the next time; nobody waits for anybody.
with free as (
    select id from cases where id = any ($1::text[]) and resumed_clock is not null for no key update skip locked)
update cases c set resumed_due_at = n.due, resumed_clock = n.clock, resumed_provisional = n.provisional
from free, unnest($1::text[], $2::timestamptz[], $3::text[], $4::boolean[]) as n (id, due, clock, provisional)
where c.id = free.id and n.id = c.id
      and (c.resumed_due_at, c.resumed_clock, c.resumed_provisional) is distinct from (n.due, n.clock, n.provisional);

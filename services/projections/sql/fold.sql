-- name: load_cases
select page from pages where id = any ($1::text[]) for no key update;

-- name: load_clusters
select page from clusters where id = any ($1::text[]) for no key update;

-- name: load_budgets
select page from budgets where id = any ($1::text[]) for no key update;

-- name: history
select * from ledger where stream = $1 order by "offset";

-- name: redrives
select stream from redrives order by stream;

-- name: unpark
delete from parked where stream = $1;

-- name: write_pages
insert into pages select unnest($1::text[]), unnest($2::text[])
on conflict (id) do update set page = excluded.page;

-- name: write_cases
-- By name: a column that comes later stands behind the generated ones in a table that was there before.
insert into cases as old (
    id, status, cycle, source, source_ref, channel, product, branch, identity, screening, category, grade, queue, owner,
    offered_to, withdrawn, lodged_at, closed_at, running_due_at, running_clock, resumed_due_at, resumed_clock,
    resumed_provisional, party_ref)
select id, status, cycle, source, source_ref, channel, product, branch, identity, screening, category, grade, queue,
       owner, offered_to, withdrawn, lodged_at, closed_at, next_due_at, next_clock, resumed_due_at, resumed_clock,
       coalesce(resumed_provisional, false), party_ref
from json_populate_recordset(null::cases, $1::json)
on conflict (id) do update set
    status = excluded.status, cycle = excluded.cycle, source = excluded.source, source_ref = excluded.source_ref,
    channel = excluded.channel, product = excluded.product, branch = excluded.branch, identity = excluded.identity,
    screening = excluded.screening, category = excluded.category, grade = excluded.grade, queue = excluded.queue,
    owner = excluded.owner, offered_to = excluded.offered_to, withdrawn = excluded.withdrawn,
    lodged_at = excluded.lodged_at, closed_at = excluded.closed_at, party_ref = excluded.party_ref,
    running_due_at = excluded.running_due_at, running_clock = excluded.running_clock,
    resumed_due_at = case when old.resumed_clock = excluded.resumed_clock
                          then greatest(old.resumed_due_at, excluded.resumed_due_at)
                          else excluded.resumed_due_at end,
    resumed_provisional = case when old.resumed_clock = excluded.resumed_clock
                                    and old.resumed_due_at > excluded.resumed_due_at
                               then old.resumed_provisional else excluded.resumed_provisional end,
    resumed_clock = excluded.resumed_clock
where old is distinct from excluded;

-- name: write_clocks
insert into clocks
select complaint_id, clock, started, due, policy, state, warn_at, breached_at, met_at, stopped_at, answered_by, source,
       calendar, pack, standing, basis, reason, stated_due, coalesce(provisional, false), paused_at, pause_reason,
       coalesce(paused_seconds, 0)
from json_populate_recordset(null::clocks, $1::json)
on conflict (complaint_id, clock) do update set
    started = excluded.started, due = excluded.due, policy = excluded.policy, state = excluded.state,
    warn_at = excluded.warn_at, breached_at = excluded.breached_at, met_at = excluded.met_at,
    stopped_at = excluded.stopped_at, answered_by = excluded.answered_by, source = excluded.source,
    calendar = excluded.calendar, pack = excluded.pack, standing = excluded.standing, basis = excluded.basis,
    reason = excluded.reason, stated_due = excluded.stated_due, provisional = excluded.provisional,
    paused_at = excluded.paused_at, pause_reason = excluded.pause_reason, paused_seconds = excluded.paused_seconds;

-- name: write_promises
insert into promises
select complaint_id, promise_id, kind, state, owner, made_at, due, next_at, detail
from json_populate_recordset(null::promises, $1::json)
on conflict (complaint_id, promise_id) do update set
    kind = excluded.kind, state = excluded.state, owner = excluded.owner, made_at = excluded.made_at,
    due = excluded.due, next_at = excluded.next_at, detail = excluded.detail;

-- name: write_handoffs
insert into handoffs select * from json_populate_recordset(null::handoffs, $1::json)
on conflict (complaint_id) do update set
    source = excluded.source, events = excluded.events, first_timestamp = excluded.first_timestamp,
    last_timestamp = excluded.last_timestamp, impact = excluded.impact, final_status = excluded.final_status,
    final_sub_status = excluded.final_sub_status, team_handoffs = excluded.team_handoffs,
    ping_pongs = excluded.ping_pongs, owner_changes = excluded.owner_changes,
    distinct_owners = excluded.distinct_owners, highest_support_line = excluded.highest_support_line,
    line_escalations = excluded.line_escalations, line_deescalations = excluded.line_deescalations,
    reopens = excluded.reopens, wait_user_seconds = excluded.wait_user_seconds,
    wait_any_seconds = excluded.wait_any_seconds;

-- name: write_clusters
insert into clusters
select page ->> 'id', page ->> 'title', array(select jsonb_object_keys(page -> 'members')), page
from jsonb_array_elements($1::jsonb) as page
on conflict (id) do update set title = excluded.title, members = excluded.members, page = excluded.page;

-- name: write_budgets
insert into budgets select page ->> 'id', page from jsonb_array_elements($1::jsonb) as page
on conflict (id) do update set page = excluded.page;

-- name: write_register
-- A line stands there already only where a page is folded anew: while it was parked, later lines were told by what it was.
insert into register select * from json_populate_recordset(null::register, $1::json)
on conflict (partition, "offset") do update set
    by = excluded.by, authority = excluded.authority, rule = excluded.rule, second_person = excluded.second_person,
    person = excluded.person, against = excluded.against, complaint_id = excluded.complaint_id,
    override = excluded.override, amount_minor = excluded.amount_minor, currency = excluded.currency,
    before = excluded.before, after = excluded.after, detail = excluded.detail;

-- name: write_parked
insert into parked (stream, kind, partition, "offset", reason)
select * from unnest($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::text[])
on conflict (stream, kind) do update set attempts = parked.attempts + 1, reason = excluded.reason;

-- name: write_reader
insert into readers values ($1, $2, $3, $4, $5)
on conflict (partition, mark, service) do update set hash = excluded.hash, reported_at = excluded.reported_at;

-- name: trim_readers
delete from readers r
where r.service = $1 and r.partition = $2
  and r.mark < (select min(mark) from (select mark from readers where service = $1 and partition = $2
                                       order by mark desc limit $3) kept);

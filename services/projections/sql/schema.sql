-- The views, beside the runtime's own tables in the schema of this service. All of it is folded from the log.

-- Every record of the log as it stood, and its verdict. Written once, never changed.
create table if not exists ledger (
    partition      integer not null,
    "offset"       bigint  not null,
    verdict        text    not null,
    append_time_ms bigint  not null,
    stream         text,
    type           text,
    actor          text,
    actor_type     text,
    event_id       text,
    source         text,
    at             timestamptz,
    recorded_at    timestamptz,
    expects        text,
    command_hash   text,
    correlation_id text,
    causation_id   text,
    why            text,
    key            bytea,
    value          bytea,
    primary key (partition, "offset")
);
create index if not exists ledger_stream on ledger (stream, "offset");
create index if not exists ledger_rulebooks on ledger (stream) where stream like 'rulebook/%';
create index if not exists ledger_actor on ledger (actor, append_time_ms);
create index if not exists ledger_type on ledger (type, append_time_ms);
create index if not exists ledger_time on ledger (append_time_ms);
create index if not exists ledger_refused on ledger (append_time_ms) where verdict <> 'admitted';

-- The whole page of a complaint, as JSON. Nothing asks into it: as text it is kept as it comes, and not taken apart. It is
-- written with every batch that touches it: compressing it each time would cost more than all the rest. Kept apart from
-- `cases`, so that figures over all cases do not read through all pages.
create table if not exists pages (
    id   text primary key,
    page text not null
) with (toast_tuple_target = 8160, fillfactor = 70);
do $$ begin
    if (select atttypid from pg_attribute where attrelid = 'pages'::regclass and attname = 'page') <> 'text'::regtype then
        alter table pages alter column page type text;
    end if;
    if (select attstorage from pg_attribute where attrelid = 'pages'::regclass and attname = 'page') <> 'e' then
        alter table pages alter column page set storage external;
    end if;
end $$;

-- One row a complaint: what lists filter and sort by, and figures count.
create table if not exists cases (
    id          text primary key,
    status      text not null,
    cycle       bigint not null,
    source      text,
    source_ref  text,
    channel     text,
    product     text,
    branch      text,
    identity    text,
    screening   text,
    category    text,
    grade       text,
    queue       text,
    owner       text,
    offered_to  text,
    withdrawn   boolean not null,
    lodged_at   timestamptz,
    closed_at   timestamptz,
    running_due_at timestamptz,
    running_clock  text,
    resumed_due_at timestamptz,
    resumed_clock  text,
    resumed_provisional boolean not null,
    next_due_at timestamptz generated always as (least(running_due_at, resumed_due_at)) stored,
    next_clock  text generated always as (
        case when running_due_at <= coalesce(resumed_due_at, 'infinity') then running_clock else resumed_clock end) stored
) with (fillfactor = 80);
alter table cases add column if not exists party_ref text;
comment on column cases.resumed_due_at is
    'When the paused clock that is due first would be due if it were resumed now; counted anew every minute.';
comment on column cases.resumed_provisional is 'Whether that due time leans on days that are not known for sure.';
create index if not exists cases_due on cases (coalesce(next_due_at, 'infinity'), id);
create index if not exists cases_lodged on cases (coalesce(lodged_at, 'infinity'), id);
create index if not exists cases_reference on cases (source_ref, source);
create index if not exists cases_party on cases (party_ref) where party_ref is not null;
create index if not exists cases_owner on cases (owner) where status <> 'closed' or next_due_at is not null;

create table if not exists clocks (
    complaint_id text not null,
    clock        text not null,
    started      timestamptz not null,
    due          timestamptz,
    policy       text,
    state        text not null,
    warn_at      timestamptz,
    breached_at  timestamptz,
    met_at       timestamptz,
    stopped_at   timestamptz,
    answered_by  text,
    source       text,
    calendar     text,
    pack         text,
    standing     text,
    basis        text,
    reason       text,
    stated_due   timestamptz,
    provisional  boolean not null,
    paused_at    timestamptz,
    pause_reason text,
    paused_seconds bigint not null,
    primary key (complaint_id, clock)
);
create index if not exists clocks_open on clocks (due, complaint_id) where state in ('running', 'warned');
create index if not exists clocks_paused on clocks (complaint_id) where state = 'paused';

create table if not exists promises (
    complaint_id text not null,
    promise_id   text not null,
    kind         text not null,
    state        text not null,
    owner        text,
    made_at      timestamptz not null,
    due          timestamptz not null,
    next_at      timestamptz,
    detail       jsonb not null,
    primary key (complaint_id, promise_id)
);
create index if not exists promises_due on promises (kind, due, complaint_id);

create table if not exists register (
    partition     integer not null,
    "offset"      bigint  not null,
    stream        text    not null,
    at            timestamptz not null,
    act           text    not null,
    kind          text    not null,
    by            text,
    authority     text,
    rule          text,
    second_person text,
    override      boolean,
    amount_minor  bigint,
    currency      text,
    before        text,
    after         text,
    detail        jsonb   not null,
    primary key (partition, "offset")
);
alter table register add column if not exists person text, add column if not exists against boolean,
    add column if not exists complaint_id text;
create index if not exists register_at on register (at, partition, "offset");
create index if not exists register_stream on register (stream, "offset");
create index if not exists register_complaint on register (complaint_id, at);
create index if not exists register_person on register (person) where person is not null;
create index if not exists register_few on register (act, stream)
    where act in ('finding-made', 'offered', 'offer-approved', 'offer-declined', 'offer-withdrawn');

-- What somebody did on a case whom a finding there holds answerable, before it and since (R24); what they said for
-- themselves is none.
create or replace view conflicts as
select f.stream, f."offset" as found_at, l.actor as person, l.partition, l."offset", l.type, l.at
from register f join ledger l on l.stream = f.stream and l.actor = f.person
where f.act = 'finding-made' and f.against
      and l.verdict = 'admitted' and l.type not like 'complaints.accountability.reply-given.v%';
-- The cases that nobody has decided or opened again since.
create or replace view conflicted as
select distinct substr(c.stream, length('complaint/') + 1) as id from conflicts c
where not exists (
    select from register r where r.stream = c.stream and r.act in ('decided', 'reopened') and r."offset" > c.found_at);

-- Which post has a duty of the ladder on which case: from its level on, until what was missed is done. The highest that
-- fired has one for whatever else is missed in that cycle: no level may be left to fire for it.
create index if not exists register_duties on register (after) where act = 'escalated';
create or replace view duties as
select c.id, r.after as post from register r
join cases c on c.id = substr(r.stream, length('complaint/') + 1)
left join clocks k on k.complaint_id = c.id and k.clock = r.detail ->> 'clock'
where r.act = 'escalated' and (
    k.state = 'breached' and k.stopped_at is null
    or r.detail ->> 'clock' = 'crisis' and c.grade = 'crisis' and c.status <> 'closed'
    or r.detail ->> 'clock' = 'by-hand' and c.status <> 'closed' and not exists (
        select from register again
        where again.stream = r.stream and again.act = 'reopened' and again."offset" > r."offset")
    or exists (
        select from promises p where p.complaint_id = c.id and p.next_at is not null and (
            p.state = 'broken' and r.detail ->> 'clock' = left('promise:' || p.promise_id, 200)
            or p.kind = 'closing' and r.detail ->> 'clock' = 'callback'
               and coalesce((p.detail -> 'attempts' -> -1 ->> 'at')::timestamptz, p.made_at) < r.at))
    or not exists (
        select from register again
        where again.stream = r.stream and again.act in ('escalated', 'closed', 'reopened') and again."offset" > r."offset")
       and (exists (select from clocks o where o.complaint_id = c.id and o.state = 'breached' and o.stopped_at is null)
            or exists (
                select from promises o where o.complaint_id = c.id and o.state = 'broken' and o.next_at is not null)));

-- The cases on which an offer waits for somebody whose limit is high enough.
create or replace view approvals as
select substr(o.stream, length('complaint/') + 1) as id, o.by from register o
where o.act = 'offered' and o.detail ->> 'needs_approval' = 'true' and not exists (
    select from register done
    where done.stream = o.stream and done.act in ('offer-approved', 'offer-declined', 'offer-withdrawn')
          and done.detail ->> 'offer_id' = o.detail ->> 'offer_id');

create table if not exists handoffs (
    complaint_id         text primary key,
    source               text,
    events               integer not null,
    first_timestamp      timestamptz not null,
    last_timestamp       timestamptz not null,
    impact               text,
    final_status         text,
    final_sub_status     text,
    team_handoffs        integer not null,
    ping_pongs           integer not null,
    owner_changes        integer not null,
    distinct_owners      integer not null,
    highest_support_line integer not null,
    line_escalations     integer not null,
    line_deescalations   integer not null,
    reopens              integer not null,
    wait_user_seconds    bigint  not null,
    wait_any_seconds     bigint  not null
);
create index if not exists handoffs_source on handoffs (source);

create table if not exists clusters (
    id      text primary key,
    title   text,
    members text[] not null,
    page    jsonb  not null
);
create index if not exists clusters_members on clusters using gin (members);

-- How much may be given in a period, what is reserved of it, what is left (L17). The name begins with the department.
create table if not exists budgets (
    id   text primary key,
    page jsonb not null
);

-- What each service's reader says of the log at its marks (L7).
create table if not exists readers (
    service     text    not null,
    partition   integer not null,
    mark        bigint  not null,
    hash        text    not null,
    reported_at timestamptz not null,
    primary key (partition, mark, service)
);

-- What each service says on `complaints.parked`, the latest word on each stream; `told_at` is that record's offset.
create table if not exists parkings (
    service     text    not null,
    stream      text    not null,
    kind        text    not null,
    partition   integer not null,
    "offset"    bigint  not null,
    reason      text    not null,
    attempts    integer not null,
    since       timestamptz not null,
    mend_until  timestamptz not null,
    mended_at   timestamptz,
    told_at     bigint  not null,
    primary key (stream, service, kind)
);

-- What waits for repair in any service: a complaint among it is unjudged. Our own word needs no detour.
create or replace view unmended as
select 'projections' as service, stream, kind, partition, "offset", reason, attempts, since, mend_until from parked
union all
select service, stream, kind, partition, "offset", reason, attempts, since, mend_until
from parkings where mended_at is null and service <> 'projections';
create or replace view unjudged as
select distinct substr(stream, length('complaint/') + 1) as id from unmended where stream like 'complaint/%';

-- Who read what, as `complaints.access` says it; `"offset"` is the place there. The topic is the evidence, this its index.
create table if not exists accesses (
    "offset"   bigint primary key,
    service    text    not null,
    actor      text    not null,
    roles      text[]  not null,
    method     text    not null,
    route      text    not null,
    streams    text[]  not null,
    filters    text[]  not null,
    status     integer not null,
    rows       integer,
    at         timestamptz not null,
    trace_id   text    not null,
    request_id text    not null
);
create index if not exists accesses_actor on accesses (actor, "offset");
create index if not exists accesses_streams on accesses using gin (streams);

-- The tables of one service, in a schema of its own. Everything here is computed from the log and can be thrown away.

create table if not exists identity (
    one        boolean primary key default true check (one),
    topic_id   text not null,
    partitions integer not null
);

-- With which types all of these tables were folded, as long as they were: what some code did not read is not among them.
create table if not exists folded_types (
    type text primary key
);

create table if not exists positions (
    partition   integer primary key,
    next_offset bigint  not null,
    turn        bigint  not null,
    last_id     text    not null,
    last_crc    bigint  not null,
    hash        bytea   not null
);

create table if not exists streams (
    stream          text primary key,
    partition       integer not null,
    intake          integer not null,
    triage          integer not null,
    escalation      integer not null,
    accountability  integer not null,
    state           text,
    last_offset     bigint  not null,
    wake_at         timestamptz,
    machine         integer not null,
    machine_at      timestamptz,
    decider_version integer not null,
    parked_at       bigint,
    parked_head     integer[],
    muted           boolean not null
) with (fillfactor = 70);  -- nearly every write is of a row that is there: its next version finds room beside it
create index if not exists streams_wake on streams (wake_at, partition) where wake_at is not null;
create index if not exists streams_books on streams (stream) where stream like 'rulebook/%';

-- Every rulebook with its version, in one row; the content only of a version that the asker does not know. One that
-- waits for repair has no content.
create or replace function books(wanted boolean, known_streams text[], known_versions bigint[])
returns table (books text[], book_versions bigint[], book_states text[], book_news boolean[]) language sql stable as $$
    select coalesce(array_agg(s.stream), '{}'), coalesce(array_agg(s.version), '{}'),
           coalesce(array_agg(case when s.new and s.parked_at is null then s.state end), '{}'),
           coalesce(array_agg(s.new), '{}')
    from (select b.*, k.version is distinct from b.version or b.parked_at is not null as new
          from (select stream, intake + triage + escalation + accountability::bigint as version, state, parked_at
                from streams where wanted and stream like 'rulebook/%') b
          left join unnest(known_streams, known_versions) as k (stream, version) using (stream)) s
$$;

-- Which stream was judged under which version of which context stream (L15). Version -1: the context names that stream,
-- whose owner has not asked it since. The owner of the context inserts such a row, and touches it no more; all else is
-- done by the owner of the stream, who keeps it.
create table if not exists leans (
    context   text    not null,
    partition integer not null,
    stream    text    not null,
    version   bigint  not null,
    primary key (context, stream)
);
create index if not exists leans_version on leans (context, version, partition);
create index if not exists leans_stream on leans (stream);

create table if not exists contexts (
    stream  text primary key,
    version bigint not null
);

create table if not exists verdicts (
    partition    integer not null,
    "offset"     bigint  not null,
    event_id     text    not null,
    stream       text    not null,
    admitted     boolean not null,
    head         integer[] not null,
    command_hash text    not null,
    primary key (partition, "offset")
);
create index if not exists verdicts_event on verdicts (event_id) where admitted;

create table if not exists parked (
    stream    text    not null,
    kind      text    not null,
    partition integer not null,
    "offset"  bigint  not null,
    reason    text    not null,
    attempts  integer not null default 1,
    since     timestamptz not null default now(),
    mend_until timestamptz not null default now() + interval '1 hour',
    primary key (stream, kind)
);
comment on column parked.mend_until is
    'The time that operators have of their own: while a stream is parked, nobody is told that a case runs late.';

-- Each change of `parked`, until it is told on `complaints.parked`; whoever makes it, a rebuild too.
create table if not exists parked_news (
    id        bigint generated always as identity primary key,
    stream    text    not null,
    kind      text    not null,
    partition integer not null,
    "offset"  bigint  not null,
    reason    text    not null,
    attempts  integer not null,
    since     timestamptz not null,
    mend_until timestamptz not null,
    mended_at timestamptz
);
create or replace function write_parked_news() returns trigger language plpgsql set search_path from current as $$
begin
    if tg_op = 'TRUNCATE' then
        insert into parked_news (stream, kind, partition, "offset", reason, attempts, since, mend_until, mended_at)
        select *, now() from parked;
    elsif tg_op = 'DELETE' then
        insert into parked_news (stream, kind, partition, "offset", reason, attempts, since, mend_until, mended_at)
        select old.*, now();
    else
        insert into parked_news (stream, kind, partition, "offset", reason, attempts, since, mend_until)
        select new.*;
    end if;
    return null;
end $$;
create or replace trigger parked_changed after insert or update or delete on parked
    for each row execute function write_parked_news();
create or replace trigger parked_emptied before truncate on parked
    for each statement execute function write_parked_news();

create table if not exists redrives (
    stream       text primary key,
    requested_at timestamptz not null default now()
);

-- One round of a reader: compare-and-set on (next_offset, turn), then rows, verdicts and what parked (L18).
create or replace function commit_batch(
    p_partitions integer[], p_next bigint[], p_turn bigint[],
    p_new_next bigint[], p_new_turn bigint[], p_new_id text[], p_new_crc bigint[], p_new_hash bytea[],
    s_stream text[], s_partition integer[], s_intake integer[], s_triage integer[], s_escalation integer[],
    s_accountability integer[], s_state text[], s_last bigint[], s_wake timestamptz[], s_machine integer[],
    s_machine_at timestamptz[], s_version integer[], s_parked bigint[], s_parked_head text[], s_muted boolean[],
    l_moved text[], l_context text[], l_partition integer[], l_stream text[], l_version bigint[],
    v_partition integer[], v_offset bigint[], v_event text[], v_stream text[], v_admitted boolean[], v_head text[],
    v_hash text[],
    k_stream text[], k_kind text[], k_partition integer[], k_offset bigint[], k_reason text[],
    r_stream text[]
) returns void language plpgsql as $$
declare
    moved integer;
begin
    if 0 = any (p_next) then
        insert into positions
        select partition, 0, 0, '', 0, '' from unnest(p_partitions) as p (partition)
        on conflict do nothing;
    end if;

    update positions t
    set next_offset = n.new_next, turn = n.new_turn, last_id = n.new_id, last_crc = n.new_crc, hash = n.new_hash
    from unnest(p_partitions, p_next, p_turn, p_new_next, p_new_turn, p_new_id, p_new_crc, p_new_hash)
        as n (partition, next_offset, turn, new_next, new_turn, new_id, new_crc, new_hash)
    where t.partition = n.partition and t.next_offset = n.next_offset and t.turn = n.turn;
    get diagnostics moved = row_count;
    if moved <> cardinality(p_partitions) then
        raise exception 'lost ownership' using errcode = 'LO001';
    end if;

    if cardinality(s_stream) > 0 then
        -- Arrays opened in the select list are read as they lie; in the from clause each would be laid down once more.
        insert into streams
        select unnest(s_stream), unnest(s_partition), unnest(s_intake), unnest(s_triage), unnest(s_escalation),
               unnest(s_accountability), unnest(s_state), unnest(s_last), unnest(s_wake), unnest(s_machine),
               unnest(s_machine_at), unnest(s_version), unnest(s_parked), unnest(s_parked_head)::integer[],
               unnest(s_muted)
        on conflict (stream) do update set
            intake = excluded.intake, triage = excluded.triage, escalation = excluded.escalation,
            accountability = excluded.accountability, state = excluded.state, last_offset = excluded.last_offset,
            wake_at = excluded.wake_at, machine = excluded.machine, machine_at = excluded.machine_at,
            decider_version = excluded.decider_version, parked_at = excluded.parked_at,
            parked_head = excluded.parked_head, muted = excluded.muted;

        if exists (select from unnest(s_stream) as n (stream) where stream not like 'complaint/%') then
            insert into contexts
            select stream, intake + triage + escalation + accountability
            from unnest(s_stream, s_intake, s_triage, s_escalation, s_accountability)
                as n (stream, intake, triage, escalation, accountability)
            where stream not like 'complaint/%'
            on conflict (stream) do update set version = excluded.version;
        end if;
    end if;

    -- Whatever let it go on, a redrive or a newer decider: `parked` lists what is parked. Rows without a state are of a
    -- service that folds, parks and lets go on in its hook.
    if exists (select from parked) then
        delete from parked t using unnest(s_stream, s_state, s_parked, s_muted) as n (stream, state, parked, muted)
        where t.stream = n.stream and n.state is not null
          and ((t.kind = 'content' and n.parked is null) or (t.kind = 'proposals' and not n.muted));
    end if;

    if cardinality(l_moved) > 0 then
        delete from leans t using unnest(l_moved) as n (stream)
        where t.stream = n.stream and t.version >= 0
          and not exists (select from unnest(l_context, l_stream, l_version) as l (context, stream, version)
                          where l.context = t.context and l.stream = t.stream and l.version >= 0);
    end if;
    if cardinality(l_context) > 0 then
        insert into leans
        select * from unnest(l_context, l_partition, l_stream, l_version) as l (context, partition, stream, version)
        where l.version >= 0
        on conflict (context, stream) do update set version = excluded.version
        where leans.version <> excluded.version;
    end if;
    if -1 = any (l_version) then
        -- What is there already is not touched: two owners who name one another's streams never wait for each other.
        insert into leans
        select * from unnest(l_context, l_partition, l_stream, l_version) as l (context, partition, stream, version)
        where l.version < 0 and not exists (select from leans t where t.context = l.context and t.stream = l.stream)
        on conflict do nothing;
    end if;

    if cardinality(v_partition) > 0 then
        insert into verdicts
        select unnest(v_partition), unnest(v_offset), unnest(v_event), unnest(v_stream), unnest(v_admitted),
               unnest(v_head)::integer[], unnest(v_hash)
        on conflict do nothing;
        perform pg_notify(current_schema() || '_moved', current_setting('application_name'));
    end if;

    if cardinality(r_stream) > 0 then
        delete from redrives where stream = any (r_stream);
    end if;
    if cardinality(k_stream) > 0 then
        insert into parked (stream, kind, partition, "offset", reason)
        select * from unnest(k_stream, k_kind, k_partition, k_offset, k_reason)
        on conflict (stream, kind) do update
        set "offset" = excluded."offset", reason = excluded.reason, attempts = parked.attempts + 1;
    end if;
end $$;

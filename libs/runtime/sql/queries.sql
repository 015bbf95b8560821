-- name: identity
with made as (
    insert into identity (topic_id, partitions) values ($1, $2) on conflict do nothing returning topic_id, partitions)
select topic_id, partitions from made union all select topic_id, partitions from identity limit 1;

-- name: places
select partition, next_offset, turn, last_id, last_crc, hash from positions where partition = any ($1::integer[]);

-- name: load
select s.*, array(select context from leans l where l.stream = s.stream and context not like 'rulebook/%'
                  order by context collate "C") as named  -- a rulebook names nobody
from streams s where stream = any ($1::text[]);

-- name: stand
select clock_timestamp() as now, b.*,
       (select coalesce(array_agg(array[p.partition, p.next_offset, p.turn]), '{}')
        from positions p where p.partition = any ($1::integer[])) as places,
       (select coalesce(array_agg(c.stream), '{}') from streams c where c.stream = any ($2::text[])) as context_names,
       (select coalesce(array_agg(c.state), '{}') from streams c where c.stream = any ($2::text[])) as context_states,
       (select coalesce(array_agg(c.intake + c.triage + c.escalation + c.accountability), '{}')
        from streams c where c.stream = any ($2::text[])) as context_versions
from books($3, $4, $5) b;

-- name: due
select stream, 'due' as why, null::timestamptz as at, null::bigint[] as places from (
    select stream from streams
    where wake_at <= statement_timestamp() and partition = any ($1::integer[]) order by wake_at limit $2) d
union all
select stream, 'leaning', null, null from (
    select l.stream from contexts c cross join lateral (
        select stream from leans
        where context = c.stream and version < c.version and partition = any ($1::integer[])
          and (select true from streams s where s.stream = leans.stream) limit $2) l limit $2) s  -- one that is there
union all
select stream, 'older', null, null from (
    select stream from streams  -- all of them are looked through, but only after an assignment: else $3 is 0
    where $3 > 0 and partition = any ($1::integer[]) and decider_version < $3 limit $2) o
union all
select r.stream, 'redrive', null, null from redrives r join streams s using (stream) where s.partition = any ($1::integer[])
union all
select null, 'next', (select wake_at from streams
    where wake_at > statement_timestamp() and partition = any ($1::integer[]) order by wake_at limit 1),
    (select coalesce(array_agg(array[p.partition, p.next_offset, p.turn]), '{}')
     from positions p where p.partition = any ($1::integer[]));

-- name: command
select clock_timestamp() as now, s.*, b.*, e.*,
       (select coalesce(array_agg(c.stream order by c.stream), '{}') from leans l join streams c on c.stream = l.context
        where l.stream = q.asked and l.context not like 'rulebook/%') as context_names,
       (select coalesce(array_agg(c.state order by c.stream), '{}') from leans l join streams c on c.stream = l.context
        where l.stream = q.asked and l.context not like 'rulebook/%') as context_states
from unnest($1::text[], $2::text[]) with ordinality as q (asked, event, number)
left join books($3, $4, $5) b on q.number = 1  -- the same for all that are asked in one statement
left join streams s on s.stream = q.asked
left join lateral (
    select array[v.partition, v."offset"] as earlier, v.head as earlier_head, v.stream as earlier_stream,
           v.command_hash as earlier_hash
    from verdicts v where v.event_id = q.event and v.admitted limit 1) e on true
order by q.number;

-- name: verdicts_at
select partition, "offset", event_id, stream, admitted, head, command_hash from verdicts
where (partition, "offset") in (select * from unnest($1::integer[], $2::bigint[])) order by partition, "offset";

-- name: admitted_by_id
select distinct on (event_id) partition, "offset", event_id, stream, admitted, head, command_hash from verdicts
where event_id = any ($1::text[]) and admitted order by event_id, partition, "offset";

-- name: all_places
select partition, next_offset, turn, last_id, last_crc, hash from positions;

-- name: positions
select partition, next_offset from edge_positions where edge = $1 and topic = $2 and partition = any($3::integer[]);

-- name: open
insert into edge_positions (edge, topic, partition, next_offset, topic_id)
select $1, $2, unnest($3::integer[]), 0, $4
on conflict do nothing;

-- name: adopt
update edge_positions set topic_id = $3 where edge = $1 and topic = $2 and topic_id is null;

-- name: begin_anew
update edge_positions set topic_id = $3, next_offset = 0
where edge = $1 and topic = $2 and topic_id <> $3
returning partition;

-- name: move
update edge_positions t
set next_offset = n.after
from unnest($3::integer[], $4::bigint[], $5::bigint[]) as n (partition, before, after)
where t.edge = $1 and t.topic = $2 and t.partition = n.partition and t.next_offset = n.before
returning t.partition;

-- name: keep
insert into inbound_refused
    (edge, topic, partition, "offset", code, why, key, value, header_names, header_values, hash)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, sha256(coalesce($8::bytea, ''))
where not exists (  -- a topic that begins anew is read again
    select from inbound_refused
    where edge = $1 and topic = $2 and partition = $3 and "offset" = $4 and hash = sha256(coalesce($8::bytea, '')));

-- name: forget
update inbound_refused
set key = null, value = null, header_names = null, header_values = null, forgotten_at = now()
where forgotten_at is null and refused_at < now() - $1::interval;

-- Where an edge stands in the topics it reads, and the records that it could not take. In a schema of its own: what is
-- kept here is not computed from the log and must not be thrown away with it.

create table if not exists edge_positions (
    edge        text    not null,
    topic       text    not null,
    partition   integer not null,
    next_offset bigint  not null,
    primary key (edge, topic, partition)
);

-- In which topic that is: one that was deleted and made again has another id. Null: nobody has asked since this column.
alter table edge_positions add column if not exists topic_id text;

create table if not exists inbound_refused (
    edge          text    not null,
    topic         text    not null,
    partition     integer not null,
    "offset"      bigint  not null,
    refused_at    timestamptz not null default now(),
    code          text    not null,
    why           text    not null,
    key           bytea,
    value         bytea,
    header_names  bytea[] not null,
    header_values bytea[] not null
);
create index if not exists inbound_refused_place on inbound_refused (edge, topic, partition, "offset");

-- What a refused record said is kept as long as the topic itself keeps it; its place, its hash and the reason for ever.
alter table inbound_refused add column if not exists hash bytea;
alter table inbound_refused add column if not exists forgotten_at timestamptz;
alter table inbound_refused alter column header_names drop not null;
alter table inbound_refused alter column header_values drop not null;
update inbound_refused set hash = sha256(coalesce(value, '')) where hash is null;
create index if not exists inbound_refused_known on inbound_refused (refused_at) where forgotten_at is null;

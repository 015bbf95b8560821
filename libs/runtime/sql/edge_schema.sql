-- Where an edge stands in the topics it reads, and the records that it could not take. In a schema of its own: what is
-- kept here is not computed from the log and must not be thrown away with it.

create table if not exists edge_positions (
    edge        text    not null,
    topic       text    not null,
    partition   integer not null,
    next_offset bigint  not null,
    primary key (edge, topic, partition)
);

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

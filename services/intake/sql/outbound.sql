-- What has left: beside the positions of the edges, since a rebuild from the log must tell nobody anything twice.
create table if not exists outbound_published (
    event_id     text primary key,
    published_at timestamptz not null default now()
);

-- Where a legal hold was placed, by the person whose words it keeps: written before the reader's position
-- moves, like what has left. A rebuild says all of it again and changes nothing.
create table if not exists holds (
    hold_id   text primary key,
    party_ref text not null,
    stream    text not null,
    lifted    boolean not null default false
);
create index if not exists holds_party on holds (party_ref) where not lifted;

-- Data keys that were destroyed, for ever: written before the reader's position moves, like what has left.
create table if not exists erased_keys (
    key_id text primary key
);

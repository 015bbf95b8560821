-- What has left: beside the positions of the edges, since a rebuild from the log must tell nobody anything twice.
create table if not exists outbound_published (
    event_id     text primary key,
    published_at timestamptz not null default now()
);

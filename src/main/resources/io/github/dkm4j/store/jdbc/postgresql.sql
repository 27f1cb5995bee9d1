-- dkm4j's key ring store on PostgreSQL 14 or later: the tables. Roles, grants and row security: postgresql-roles.sql.
CREATE SCHEMA IF NOT EXISTS dkm4j;

CREATE TABLE IF NOT EXISTS dkm4j.rings (
    name               varchar(64) COLLATE "C" PRIMARY KEY,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Who is let in, once row security is on: roles of the database.
    runtime_role       name        NOT NULL DEFAULT 'dkm4j_runtime',
    administrator_role name        NOT NULL DEFAULT 'dkm4j_administrator',
    -- How soon after one key a run-time role may add the next, and how long that one may at most be pending.
    least_key_interval interval    NOT NULL DEFAULT '1 minute',
    most_key_window    interval    NOT NULL DEFAULT '1 day',
    -- How many statements of use run-time roles may add for each key.
    most_uses          integer     NOT NULL DEFAULT 10000,
    -- How many records run-time roles may add for each audit trail: its key and its checkpoints.
    most_checkpoints   integer     NOT NULL DEFAULT 100000
);

CREATE TABLE IF NOT EXISTS dkm4j.records (
    ring      varchar(64) COLLATE "C" NOT NULL REFERENCES dkm4j.rings (name),
    slot      varchar(64) COLLATE "C" NOT NULL,
    id        varchar(64) COLLATE "C" NOT NULL,
    -- 0, but for a lost record that was put back after another one had taken its slot.
    rival     integer     NOT NULL DEFAULT 0,
    stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    content   bytea       NOT NULL CHECK (octet_length(content) <= 65536),
    PRIMARY KEY (ring, slot, id),
    UNIQUE (ring, slot, rival)
);

-- Statistics of a column hold some of its values, and row security does not guard them.
ALTER TABLE dkm4j.records ALTER COLUMN content SET STATISTICS 0;

-- dkm4j's key ring store on H2 2.2 or later.
CREATE SCHEMA IF NOT EXISTS dkm4j;

CREATE TABLE IF NOT EXISTS dkm4j.rings (
    name       VARCHAR(64) PRIMARY KEY,
    created_at TIMESTAMP(6) WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP(6) NOT NULL
);

CREATE TABLE IF NOT EXISTS dkm4j.records (
    ring      VARCHAR(64) NOT NULL REFERENCES dkm4j.rings (name),
    slot      VARCHAR(64) NOT NULL,
    id        VARCHAR(64) NOT NULL,
    -- 0, but for a lost record that was put back after another one had taken its slot.
    rival     INTEGER DEFAULT 0 NOT NULL,
    stored_at TIMESTAMP(6) WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
    content   BINARY VARYING(65536) NOT NULL,
    PRIMARY KEY (ring, slot, id),
    UNIQUE (ring, slot, rival)
);

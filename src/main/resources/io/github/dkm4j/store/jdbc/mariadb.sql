-- dkm4j's key ring store on MariaDB 10.6 or MySQL 8.0.16, or later. Times are UTC.
CREATE SCHEMA IF NOT EXISTS dkm4j;

CREATE TABLE IF NOT EXISTS dkm4j.rings (
    name       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS dkm4j.records (
    ring      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    slot      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    id        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- 0, but for a lost record that was put back after another one had taken its slot.
    rival     INTEGER     NOT NULL DEFAULT 0,
    stored_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
    content   MEDIUMBLOB  NOT NULL CHECK (LENGTH(content) <= 65536),
    PRIMARY KEY (ring, slot, id),
    UNIQUE (ring, slot, rival),
    FOREIGN KEY (ring) REFERENCES dkm4j.rings (name)
) ENGINE = InnoDB;

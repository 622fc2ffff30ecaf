-- What a domain wants beyond its next hop, whether it is proven, and how much mail it had.

ALTER TABLE domain ADD COLUMN status TEXT NOT NULL DEFAULT 'ACTIVE';
ALTER TABLE domain ADD COLUMN modes TEXT NOT NULL DEFAULT ' DIRECT BCC JOURNAL API RETRO_SCAN ';
ALTER TABLE domain ADD COLUMN integration_id TEXT;
ALTER TABLE domain ADD COLUMN wishes BYTEA;                    -- JSON; NULL: those of a new domain
ALTER TABLE domain ADD COLUMN challenge TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN authorised_at BIGINT;
ALTER TABLE domain ADD COLUMN modified_at BIGINT;
ALTER TABLE domain ADD COLUMN last_checked_at BIGINT;
ALTER TABLE domain ADD COLUMN next_check_at BIGINT DEFAULT 0;  -- NULL: never again by itself
ALTER TABLE domain ADD COLUMN spf_status TEXT;
ALTER TABLE domain ADD COLUMN dmarc_status TEXT;

UPDATE domain SET authorised_at = created_at;
UPDATE domain SET challenge = lower(hex(randomblob(16))); -- sqlite
UPDATE domain SET challenge = replace(gen_random_uuid()::text, '-', ''); -- postgres

-- Messages of one day that were decided for the domain.
CREATE TABLE domain_traffic (
    account TEXT NOT NULL,
    domain BIGINT NOT NULL,
    day INTEGER NOT NULL,                    -- since 1970, UTC
    mode TEXT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (account, domain, day, mode)
);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES -- sqlite
    ('domain_traffic', 'sqlite_autoindex_domain_traffic_1', '60000 30000 60 1 1'); -- sqlite
ANALYZE sqlite_schema; -- sqlite

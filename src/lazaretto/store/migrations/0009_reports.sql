-- Mail to a report address, as work: read once, after it was acknowledged.

CREATE TABLE report (
    account TEXT NOT NULL,
    record BIGINT NOT NULL,                  -- the mail itself, in the store of submissions
    standing TEXT,                           -- how far its sender can be believed; NULL until it was read
    said TEXT,                               -- what the sender wrote
    attempts INTEGER NOT NULL,               -- times that reading was begun
    next_attempt_at BIGINT,                  -- NULL: it was read
    lease_until BIGINT,
    PRIMARY KEY (account, record)
);

CREATE INDEX report_due ON report (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES -- sqlite
    ('report', 'sqlite_autoindex_report_1', '20000 10000 1'), -- sqlite
    ('report', 'report_due', '10 2'); -- sqlite
ANALYZE sqlite_schema; -- sqlite

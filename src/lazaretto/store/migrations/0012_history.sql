-- Who wrote before, to whom, and which messages there were: what first contact is told by. No addresses are
-- kept: a key is a hash, its lowest two bits say of what.

CREATE TABLE seen (
    account TEXT NOT NULL,
    key BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    messages INTEGER NOT NULL,
    judged INTEGER NOT NULL,                 -- of these: authentication was looked at
    proven INTEGER NOT NULL,                 -- of these: the sender was proven
    recipients BIGINT NOT NULL,              -- of a sender: one bit of 63 for each recipient
    PRIMARY KEY (account, key)
    ) WITHOUT ROWID -- sqlite
    ) -- postgres
;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES -- sqlite
    ('seen', 'seen', '4000000 2000000 1'); -- sqlite
ANALYZE sqlite_schema; -- sqlite

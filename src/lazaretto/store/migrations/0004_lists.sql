-- The lists of an account and its options.

-- Locked by whoever changes a list: versions and numbers grow without a gap between reading and writing.
CREATE TABLE list_head (
    account TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,                 -- grows with every change
    last BIGINT NOT NULL                     -- the highest number given so far, in any list
);

CREATE TABLE list_entry (
    account TEXT NOT NULL,
    list TEXT NOT NULL,
    number BIGINT NOT NULL,
    identity TEXT NOT NULL,                  -- two entries of one list never mean the same
    title TEXT NOT NULL, -- sqlite
    second TEXT NOT NULL, -- sqlite
    title TEXT COLLATE "C" NOT NULL, -- postgres
    second TEXT COLLATE "C" NOT NULL, -- postgres
    word TEXT NOT NULL,
    flags BIGINT NOT NULL,
    sought TEXT NOT NULL,                    -- all texts in one case, for the search
    entry BYTEA NOT NULL,
    PRIMARY KEY (account, list, number)
);

CREATE UNIQUE INDEX list_identity ON list_entry (account, list, identity);
CREATE INDEX list_title ON list_entry (account, list, title, number);

CREATE TABLE account_options (
    account TEXT NOT NULL PRIMARY KEY,
    options BYTEA NOT NULL
);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES -- sqlite
    ('list_entry', 'sqlite_autoindex_list_entry_1', '50000 25000 5000 1'), -- sqlite
    ('list_entry', 'list_identity', '50000 25000 5000 1'), -- sqlite
    ('list_entry', 'list_title', '50000 25000 5000 1 1'); -- sqlite
ANALYZE sqlite_schema; -- sqlite

-- What accounts teach the classifier.

CREATE TABLE learned_example (
    account TEXT NOT NULL,
    submission BIGINT NOT NULL,
    record BIGINT NOT NULL,
    label TEXT NOT NULL,
    given TEXT,                              -- what we had called it
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    words BYTEA NOT NULL,                    -- compressed hashes, no text
    PRIMARY KEY (account, submission)
);

CREATE TABLE learned_wording (
    account TEXT NOT NULL,
    number BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    content BYTEA NOT NULL,                  -- evaluation and difference
    promoted_at BIGINT,                      -- the last time
    promoted_by TEXT,
    displaced BIGINT,                        -- what it took the place of; NULL: the shipped one alone
    PRIMARY KEY (account, number)
);

CREATE TABLE learning (
    account TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL,                    -- the highest number given
    active BIGINT,                           -- NULL: the shipped one alone
    waits_since BIGINT,                      -- the first label that nothing was trained with
    due_at BIGINT                            -- when to train; NULL: nothing is to be done
);

CREATE INDEX learning_due ON learning (due_at) WHERE due_at IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES -- sqlite
    ('learned_example', 'sqlite_autoindex_learned_example_1', '20000 500 1'), -- sqlite
    ('learned_wording', 'sqlite_autoindex_learned_wording_1', '500 10 1'), -- sqlite
    ('learning', 'learning_due', '10 2'); -- sqlite
ANALYZE sqlite_schema; -- sqlite

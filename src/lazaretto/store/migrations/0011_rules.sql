-- Rules that an account does not want to hear.

CREATE TABLE rule_off (
    account TEXT NOT NULL,
    rule TEXT NOT NULL,                      -- the id of a rule
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,                     -- who switched it off
    PRIMARY KEY (account, rule)
);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES -- sqlite
    ('rule_off', 'sqlite_autoindex_rule_off_1', '200 20 1'); -- sqlite
ANALYZE sqlite_schema; -- sqlite

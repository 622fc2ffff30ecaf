-- Users, the role of each credential, and the audit log.

-- "user" is a word of PostgreSQL itself.
CREATE TABLE users (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    email TEXT NOT NULL,                     -- lower case
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (account, id)
);

CREATE UNIQUE INDEX users_email ON users (account, email);

ALTER TABLE token RENAME COLUMN permission TO role;
UPDATE token SET role = CASE role WHEN 'write' THEN 'admin' ELSE 'read_only' END;
ALTER TABLE token ADD COLUMN owner TEXT;                        -- a user's id
ALTER TABLE token ADD COLUMN networks TEXT NOT NULL DEFAULT ''; -- where it may be used from, with commas between
CREATE INDEX token_owner ON token (account, owner) WHERE owner IS NOT NULL;

-- One chain an account. The rows outlive the account.
CREATE TABLE audit (
    account TEXT NOT NULL,
    sequence BIGINT NOT NULL,                -- 1, 2, 3, ... without a gap
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    token TEXT,                              -- id of the credential, NULL for a command
    client TEXT,                             -- address
    operation TEXT NOT NULL,                 -- method and route template, or the words of a command
    target TEXT NOT NULL,                    -- JSON
    parameters TEXT NOT NULL,                -- JSON
    stage TEXT NOT NULL,
    begun BIGINT,                            -- sequence of the entry that this one ends
    status INTEGER,
    request TEXT,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (account, sequence)
);

CREATE INDEX audit_at ON audit (account, at, sequence);
CREATE INDEX audit_actor ON audit (account, actor, sequence);
CREATE INDEX audit_operation ON audit (account, operation, sequence);

-- The last entry of each chain: locked while the next one is added.
CREATE TABLE audit_head (
    account TEXT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL
);

-- The database itself refuses every change but adding: each of these is one line, because it holds semicolons.
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; -- sqlite
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; -- sqlite
CREATE TRIGGER audit_insert BEFORE INSERT ON audit WHEN NEW.sequence <= (SELECT sequence FROM audit_head WHERE account = NEW.account) BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; -- sqlite
CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head WHEN NEW.sequence <= OLD.sequence OR NEW.account <> OLD.account BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; -- sqlite
CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; -- sqlite
CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''the audit log is append-only''; END'; -- postgres
CREATE TRIGGER audit_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuses(); -- postgres
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses(); -- postgres
CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (NEW.sequence <= OLD.sequence OR NEW.account <> OLD.account) EXECUTE FUNCTION audit_refuses(); -- postgres
CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_refuses(); -- postgres
CREATE TRIGGER audit_head_truncate BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses(); -- postgres

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES -- sqlite
    ('users', 'users_email', '1000 100 1'), -- sqlite
    ('token', 'token_owner', '1000 100 2'), -- sqlite
    ('audit', 'sqlite_autoindex_audit_1', '1000000 500000 1'), -- sqlite
    ('audit', 'audit_at', '1000000 500000 1 1'), -- sqlite
    ('audit', 'audit_actor', '1000000 500000 50000 1'), -- sqlite
    ('audit', 'audit_operation', '1000000 500000 50000 1'); -- sqlite
ANALYZE sqlite_schema; -- sqlite

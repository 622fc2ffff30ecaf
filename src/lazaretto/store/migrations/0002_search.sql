-- The search index: one list of tokens a record, see words.py. It cannot be read back, only asked.

CREATE VIRTUAL TABLE search USING fts5(tokens, content='', contentless_delete=1, tokenize='ascii'); -- sqlite

CREATE TABLE search (account TEXT NOT NULL, position BIGINT NOT NULL, tokens TSVECTOR NOT NULL, PRIMARY KEY (account, position)); -- postgres
-- The list of words not yet sorted in is read by every search: it is kept short.
CREATE INDEX search_tokens ON search USING gin (tokens) WITH (gin_pending_list_limit = 256); -- postgres

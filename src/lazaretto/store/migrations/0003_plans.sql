-- What SQLite's planner must know: an account is most of a table, so an index is worth its other columns.
-- Without this it walks over all rows of an account where it could take a hundred by number. The figures are those
-- of a large store and never change, so that plans never change: nothing runs ANALYZE or PRAGMA optimize later.

ANALYZE; -- sqlite
DELETE FROM sqlite_stat1; -- sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES -- sqlite
    ('record', 'record_place', '1000000 500000 1 1'), -- sqlite
    ('record', 'record_detection', '100000 50000 1 1'), -- sqlite
    ('record', 'record_queue_id', '1000000 500000 1'), -- sqlite
    ('record', 'record_blob', '1000000 2 1'), -- sqlite
    ('record', 'record_open', '10 5 1'), -- sqlite
    ('scan', 'scan_record', '1000000 500000 1'), -- sqlite
    ('decision', 'decision_record', '1000000 500000 1'), -- sqlite
    ('delivery', 'delivery_record', '1500000 750000 2'), -- sqlite
    ('delivery', 'delivery_due', '2000 2'), -- sqlite
    ('delivery', 'delivery_held', '50000 25000 2'), -- sqlite
    ('trace', 'trace_record', '5000000 2500000 5'), -- sqlite
    ('action', 'action_record', '50000 25000 2'); -- sqlite
ANALYZE sqlite_schema; -- sqlite

-- Room and cleaning of the two tables that an exam writes to. Once, after the first "trainhub db upgrade", as the
-- owner or the administrator:  psql -d trainhub -f tables.sql    (docs/scale.md has the measurements)

-- A row of delivery_attempt is changed with every answer. Where its page has room, the new version lies beside the old
-- one and no index is touched (HOT); the dead versions go with the next look at the page.
ALTER TABLE delivery_attempt SET (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500,
    autovacuum_analyze_scale_factor = 0.1
);

-- Rows of delivery_response are only added. They are frozen and their pages marked a twentieth of a table at a time.
ALTER TABLE delivery_response SET (
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_vacuum_insert_threshold = 50000,
    autovacuum_analyze_scale_factor = 0.05
);

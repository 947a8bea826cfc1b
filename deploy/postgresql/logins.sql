-- Logins of the sides, each a member of its role alone (docs/walls.md). After the first "trainhub db upgrade", as the
-- administrator of the cluster:
--
--   psql -d trainhub -f logins.sql       then \password for each of the three
--
-- No side can hold every connection of the server: a flood of training pages leaves the exam its own.

CREATE ROLE trainhub_training_login LOGIN IN ROLE trainhub_training CONNECTION LIMIT 100;
CREATE ROLE trainhub_exam_login LOGIN IN ROLE trainhub_exam CONNECTION LIMIT 250;
CREATE ROLE trainhub_oversight_login LOGIN IN ROLE trainhub_oversight CONNECTION LIMIT 30;

-- A statement of a page that takes longer than this has gone wrong; the connection is worth more.
ALTER ROLE trainhub_training_login SET statement_timeout = '60s';
ALTER ROLE trainhub_exam_login SET statement_timeout = '60s';
ALTER ROLE trainhub_exam_login SET lock_timeout = '15s';

-- Roles of the house (docs/walls.md): the owner of the tables, a role for each side, a login that is a member of it
-- alone. Once, before the first "trainhub db upgrade", in the empty database, as the administrator of the cluster:
--
--   psql -d trainhub -f roles.sql       then \password for each of the four logins
--
-- The owner is an ordinary login: it makes tables and says what each side may do with them, and can neither make roles
-- nor pass the rights of rows by. No process that serves people has its password.

CREATE ROLE trainhub_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO trainhub_owner', current_database()); END $$;

CREATE ROLE trainhub_training NOLOGIN;
CREATE ROLE trainhub_exam NOLOGIN;
CREATE ROLE trainhub_oversight NOLOGIN;

-- No side can hold every connection of the server: a flood of training pages leaves the exam its own.
CREATE ROLE trainhub_training_login LOGIN IN ROLE trainhub_training CONNECTION LIMIT 100;
CREATE ROLE trainhub_exam_login LOGIN IN ROLE trainhub_exam CONNECTION LIMIT 250;
CREATE ROLE trainhub_oversight_login LOGIN IN ROLE trainhub_oversight CONNECTION LIMIT 30;

-- A statement of a page that takes longer than this has gone wrong; the connection is worth more.
ALTER ROLE trainhub_training_login SET statement_timeout = '60s';
ALTER ROLE trainhub_exam_login SET statement_timeout = '60s';
ALTER ROLE trainhub_exam_login SET lock_timeout = '15s';

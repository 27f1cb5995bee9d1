-- Who may do more with dkm4j's tables than their privileges say, because of what a role is or is a member of; as in
-- postgresql-access.sql, and fourthly the role by its plain name where an operator may accept it.

-- group roles
SELECT 'role ' || r.rolname,
    CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END || CASE WHEN r.rolsuper THEN ' SUPERUSER' ELSE '' END
        || CASE WHEN r.rolbypassrls THEN ' BYPASSRLS' ELSE '' END || CASE WHEN r.rolcreaterole THEN ' CREATEROLE' ELSE '' END
        || CASE WHEN r.rolcreatedb THEN ' CREATEDB' ELSE '' END || CASE WHEN r.rolreplication THEN ' REPLICATION' ELSE '' END
        || CASE WHEN r.rolinherit THEN '' ELSE ' NOINHERIT' END,
    NULL
FROM pg_catalog.pg_roles r
WHERE r.rolname IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
UNION ALL
SELECT 'role ' || r.rolname || ', member of ' || pg_catalog.quote_ident(g.rolname),
    CASE WHEN pg_catalog.bool_or(m.admin_option) THEN 'with admin option' ELSE 'yes' END, NULL
FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.member JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
WHERE r.rolname IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
GROUP BY r.rolname, g.rolname;

-- members of the group roles
WITH RECURSIVE edges AS (
    -- Since PostgreSQL 16 whoever makes a role may pass it on, which alone is no membership.
    SELECT m.member, m.roleid FROM pg_catalog.pg_auth_members m CROSS JOIN LATERAL pg_catalog.to_jsonb(m) options
    WHERE coalesce((options ->> 'inherit_option')::boolean, true) OR coalesce((options ->> 'set_option')::boolean, true)
        OR (m.admin_option AND m.grantor <> 10)
), below (role) AS (
    SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = 'dkm4j_client'
    UNION SELECT e.member FROM below JOIN edges e ON e.roleid = below.role
), above (role, target) AS (
    SELECT below.role, below.role FROM below
    UNION SELECT above.role, e.roleid FROM above JOIN edges e ON e.member = above.target
), owners AS (
    SELECT c.relowner AS owner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
    UNION SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j'
    UNION SELECT d.datdba FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.rolname = 'pg_database_owner'
    WHERE d.datname = pg_catalog.current_database() AND r.oid IN (
        SELECT c.relowner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
        UNION SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j')
), members AS (
    SELECT r.oid, r.rolname AS plain, pg_catalog.quote_ident(r.rolname) AS name, r.rolcanlogin, r.rolsuper, r.rolbypassrls,
        r.rolreplication, r.rolcreaterole, coalesce(pg_catalog.bool_or(g.rolname = 'dkm4j_administrator'), false) AS administers,
        coalesce(pg_catalog.bool_or(g.rolname IN ('dkm4j_runtime', 'dkm4j_restorer')), false) AS serves,
        coalesce(pg_catalog.bool_or(g.rolname = 'dkm4j_runtime'), false) AS runs
    FROM above JOIN pg_catalog.pg_roles r ON r.oid = above.role JOIN pg_catalog.pg_roles g ON g.oid = above.target
    WHERE r.rolname NOT IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
    GROUP BY r.oid, r.rolname, r.rolcanlogin, r.rolsuper, r.rolbypassrls, r.rolreplication, r.rolcreaterole
)
SELECT 'role ' || members.name || ', ' || attribute.name,
    CASE WHEN members.runs AND members.administers THEN 'in dkm4j_runtime and dkm4j_administrator'
        WHEN members.administers THEN 'in dkm4j_administrator' WHEN members.runs THEN 'in dkm4j_runtime'
        WHEN members.serves THEN 'in dkm4j_restorer' ELSE 'in dkm4j_client' END,
    'ALTER ROLE ' || members.name || ' NO' || attribute.name, members.plain
FROM members CROSS JOIN LATERAL (VALUES
    ('SUPERUSER', members.rolsuper),
    ('BYPASSRLS', members.rolbypassrls AND NOT members.rolsuper),
    ('REPLICATION', members.rolreplication AND NOT members.rolsuper),
    ('CREATEROLE', members.rolcreaterole AND NOT members.rolsuper AND (members.serves OR NOT members.administers))
    ) attribute (name, given)
WHERE attribute.given
UNION ALL
SELECT 'role ' || members.name || ', member of ' || pg_catalog.quote_ident(g.rolname),
    CASE WHEN g.rolsuper THEN 'which is SUPERUSER' WHEN g.oid IN (SELECT owner FROM owners) THEN 'the owner of the tables'
        WHEN g.rolbypassrls THEN 'which is BYPASSRLS' WHEN g.rolreplication THEN 'which is REPLICATION'
        WHEN g.rolcreaterole THEN 'which is CREATEROLE' WHEN g.rolname = 'pg_write_all_data' THEN 'which may write everything'
        WHEN g.rolname = 'pg_read_all_data' THEN 'which may read everything, statistics of the records too'
        ELSE 'which reaches the server''s files' END,
    'REVOKE ' || pg_catalog.quote_ident(g.rolname) || ' FROM ' || members.name || ' or from the role between them', members.plain
FROM members JOIN above ON above.role = members.oid AND above.target <> members.oid
    JOIN pg_catalog.pg_roles g ON g.oid = above.target
WHERE NOT members.rolsuper AND (g.rolsuper OR g.rolbypassrls OR g.rolreplication OR g.oid IN (SELECT owner FROM owners)
    OR (g.rolcreaterole AND (members.serves OR NOT members.administers))
    OR g.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
        'pg_execute_server_program'))
UNION ALL
SELECT DISTINCT 'role ' || members.name || ', admin option of ' || g.rolname, 'it can let others in',
    'REVOKE ADMIN OPTION FOR ' || g.rolname || ' FROM ' || members.name, members.plain
FROM members JOIN pg_catalog.pg_auth_members m ON m.member = members.oid JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
    CROSS JOIN LATERAL pg_catalog.to_jsonb(m) options
WHERE m.admin_option AND NOT members.rolsuper
    AND g.rolname IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
    AND (coalesce((options ->> 'inherit_option')::boolean, true) OR coalesce((options ->> 'set_option')::boolean, true)
        OR m.grantor <> 10)
UNION ALL
-- Whoever has let itself in, or others without being an administrator; it is the one to be accepted. Before PostgreSQL 16 it
-- may be dropped and stays the grantor of those whom it let in.
SELECT DISTINCT 'role ' || pg_catalog.quote_ident(r.rolname) || ', member of ' || pg_catalog.quote_ident(g.rolname),
    'granted by ' || coalesce(pg_catalog.quote_ident(by.rolname), 'a role that is gone'),
    'REVOKE ' || pg_catalog.quote_ident(g.rolname) || ' FROM ' || pg_catalog.quote_ident(r.rolname)
        || CASE WHEN by.oid IS NULL THEN ', and GRANT it anew if it is to stay' ELSE '' END || ', or accept '
        || pg_catalog.quote_ident(coalesce(by.rolname, r.rolname)) || ' in the comment on schema dkm4j',
    coalesce(by.rolname, r.rolname)
FROM pg_catalog.pg_auth_members m JOIN below ON below.role = m.roleid JOIN pg_catalog.pg_roles r ON r.oid = m.member
    JOIN pg_catalog.pg_roles g ON g.oid = m.roleid LEFT JOIN pg_catalog.pg_roles by ON by.oid = m.grantor
WHERE CASE WHEN by.oid IS NULL
    THEN r.rolname NOT IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
    ELSE NOT by.rolsuper AND by.oid NOT IN (SELECT owner FROM owners)
        AND (by.oid = m.member OR by.oid NOT IN (SELECT members.oid FROM members WHERE members.administers)) END
UNION ALL
-- Who may write the list of accepted roles is not accepted by being on it.
SELECT 'role ' || members.name || ', owner of the tables', 'in dkm4j_client, and bound by no policy',
    'REVOKE the dkm4j_ roles FROM ' || members.name || ', or give the tables another owner', NULL
FROM members WHERE NOT members.rolsuper AND members.oid IN (SELECT owner FROM owners)
UNION ALL
SELECT 'role ' || members.name || ', both service and administrator', 'in dkm4j_runtime and dkm4j_administrator',
    'REVOKE dkm4j_runtime or dkm4j_administrator FROM ' || members.name, members.plain
FROM members WHERE members.rolcanlogin AND members.runs AND members.administers AND NOT members.rolsuper;

-- roles outside the group roles that reach the tables all the same
WITH RECURSIVE edges AS (
    SELECT m.member, m.roleid FROM pg_catalog.pg_auth_members m CROSS JOIN LATERAL pg_catalog.to_jsonb(m) options
    WHERE coalesce((options ->> 'inherit_option')::boolean, true) OR coalesce((options ->> 'set_option')::boolean, true)
        OR (m.admin_option AND m.grantor <> 10)
), above (role, target) AS (
    SELECT r.oid, r.oid FROM pg_catalog.pg_roles r WHERE NOT r.rolsuper
    UNION SELECT above.role, e.roleid FROM above JOIN edges e ON e.member = above.target
), owners AS (
    SELECT c.relowner AS owner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
    UNION SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j'
    UNION SELECT d.datdba FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.rolname = 'pg_database_owner'
    WHERE d.datname = pg_catalog.current_database() AND r.oid IN (
        SELECT c.relowner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
        UNION SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j')
), powers AS (
    -- Who may make roles can, before PostgreSQL 16, let itself into every one that is not SUPERUSER.
    SELECT r.oid, r.rolname AS plain, pg_catalog.quote_ident(r.rolname) AS name, r.rolsuper, r.rolbypassrls, r.rolreplication,
        r.rolcreaterole AND pg_catalog.current_setting('server_version_num')::integer < 160000 AS lets_itself_in,
        r.oid IN (SELECT owner FROM owners) AS owns,
        given.power
    FROM pg_catalog.pg_roles r LEFT JOIN (VALUES
        ('pg_read_server_files', 'which reaches the server''s files'),
        ('pg_write_server_files', 'which reaches the server''s files'),
        ('pg_execute_server_program', 'which reaches the server''s files'),
        ('pg_read_all_data', 'which may read everything, statistics of the records too'),
        ('pg_write_all_data', 'which may write everything')
        ) given (name, power) ON given.name = r.rolname
), outside AS (
    SELECT powers.*, pg_catalog.min(g.rolname::text) FILTER (WHERE g.rolname IN ('pg_read_all_data', 'pg_write_all_data'))
        AS all_data
    FROM above JOIN powers ON powers.oid = above.role JOIN pg_catalog.pg_roles g ON g.oid = above.target
    WHERE NOT powers.owns
    GROUP BY powers.oid, powers.plain, powers.name, powers.rolsuper, powers.rolbypassrls, powers.rolreplication,
        powers.lets_itself_in, powers.owns, powers.power
    HAVING NOT pg_catalog.bool_or(g.rolname = 'dkm4j_client')
)
SELECT 'role ' || outside.name || ', ' || attribute.name, attribute.reason,
    'ALTER ROLE ' || outside.name || ' NO' || attribute.name || ', or accept it in the comment on schema dkm4j', outside.plain
FROM outside CROSS JOIN LATERAL (VALUES
    ('BYPASSRLS', outside.rolbypassrls,
        coalesce('in ' || outside.all_data || ', and so it reaches every ring', 'no row security binds it')),
    ('REPLICATION', outside.rolreplication, 'it can copy the whole server'),
    ('CREATEROLE', outside.lets_itself_in, 'before PostgreSQL 16 it can let itself into every group')
    ) attribute (name, given, reason)
WHERE attribute.given
UNION ALL
SELECT 'role ' || outside.name || ', member of ' || target.name,
    CASE WHEN target.rolsuper THEN 'which is SUPERUSER' WHEN target.owns THEN 'the owner of the tables'
        WHEN target.rolbypassrls THEN 'which is BYPASSRLS' WHEN target.rolreplication THEN 'which is REPLICATION'
        WHEN target.lets_itself_in THEN 'which is CREATEROLE' ELSE target.power END,
    'REVOKE ' || target.name || ' FROM ' || outside.name || ' or from the role between them, or accept '
        || outside.name || ' in the comment on schema dkm4j', outside.plain
FROM outside JOIN above ON above.role = outside.oid AND above.target <> outside.oid
    JOIN powers target ON target.oid = above.target
WHERE target.rolsuper OR target.owns OR target.rolbypassrls OR target.rolreplication OR target.lets_itself_in
    OR target.power IS NOT NULL;

-- owner of the database
WITH RECURSIVE edges AS (
    SELECT m.member, m.roleid FROM pg_catalog.pg_auth_members m CROSS JOIN LATERAL pg_catalog.to_jsonb(m) options
    WHERE coalesce((options ->> 'inherit_option')::boolean, true) OR coalesce((options ->> 'set_option')::boolean, true)
        OR (m.admin_option AND m.grantor <> 10)
), below (role) AS (
    SELECT d.datdba FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
    UNION SELECT e.member FROM below JOIN edges e ON e.roleid = below.role
), owners AS (
    SELECT c.relowner AS owner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
    UNION SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j'
    UNION SELECT d.datdba FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.rolname = 'pg_database_owner'
    WHERE d.datname = pg_catalog.current_database() AND r.oid IN (
        SELECT c.relowner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
        UNION SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j')
), roles AS (
    -- The group roles are not there to be accepted.
    SELECT r.oid, r.rolname, pg_catalog.quote_ident(r.rolname) AS name, plain,
        coalesce(', or accept ' || pg_catalog.quote_ident(plain) || ' in the comment on schema dkm4j', '') AS or_accept
    FROM pg_catalog.pg_roles r CROSS JOIN LATERAL (
        SELECT CASE WHEN r.rolname NOT IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
            THEN r.rolname END AS plain) acceptable
    WHERE NOT r.rolsuper AND r.oid NOT IN (SELECT owner FROM owners)
)
SELECT 'role ' || roles.name || CASE roles.oid WHEN d.datdba THEN ', owner of the database'
        ELSE ', member of ' || dba.name END,
    CASE roles.oid WHEN d.datdba THEN 'it can drop the database' ELSE 'the owner of the database' END,
    CASE roles.oid WHEN d.datdba
        THEN pg_catalog.format('ALTER DATABASE %I OWNER TO ', d.datname)
            || (SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(pg_catalog.min(c.relowner)))
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'dkm4j' AND c.relname = 'records')
        ELSE 'REVOKE ' || dba.name || ' FROM ' || roles.name || ' or from the role between them' END || roles.or_accept,
    roles.plain
FROM pg_catalog.pg_database d JOIN roles dba ON dba.oid = d.datdba CROSS JOIN below
    JOIN roles ON roles.oid = below.role
WHERE d.datname = pg_catalog.current_database();

-- functions that reach the server's files
WITH RECURSIVE edges AS (
    SELECT m.member, m.roleid FROM pg_catalog.pg_auth_members m CROSS JOIN LATERAL pg_catalog.to_jsonb(m) options
    WHERE coalesce((options ->> 'inherit_option')::boolean, true) OR coalesce((options ->> 'set_option')::boolean, true)
        OR (m.admin_option AND m.grantor <> 10)
), above (role, target) AS (
    SELECT r.oid, r.oid FROM pg_catalog.pg_roles r WHERE NOT r.rolsuper
    UNION SELECT above.role, e.roleid FROM above JOIN edges e ON e.member = above.target
), owners AS (
    SELECT c.relowner AS owner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
    UNION SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j'
    UNION SELECT d.datdba FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.rolname = 'pg_database_owner'
    WHERE d.datname = pg_catalog.current_database() AND r.oid IN (
        SELECT c.relowner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
        UNION SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j')
), roles AS (
    -- The group roles are not there to be accepted.
    SELECT r.oid, r.rolname, pg_catalog.quote_ident(r.rolname) AS name, plain,
        coalesce(', or accept ' || pg_catalog.quote_ident(plain) || ' in the comment on schema dkm4j', '') AS or_accept
    FROM pg_catalog.pg_roles r CROSS JOIN LATERAL (
        SELECT CASE WHEN r.rolname NOT IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
            THEN r.rolname END AS plain) acceptable
    WHERE NOT r.rolsuper AND r.oid NOT IN (SELECT owner FROM owners)
), granted AS (
    SELECT pg_catalog.format('%s(%s)', p.proname, pg_catalog.oidvectortypes(p.proargtypes)) AS name, entry.grantee
    FROM pg_catalog.pg_proc p
        CROSS JOIN LATERAL pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) entry
    WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
        AND p.proname IN ('pg_read_file', 'pg_read_binary_file', 'lo_import', 'lo_export')
)
SELECT 'function ' || granted.name || ', EXECUTE for PUBLIC', 'it reaches the server''s files',
    'REVOKE EXECUTE ON FUNCTION pg_catalog.' || granted.name || ' FROM PUBLIC', NULL
FROM granted WHERE granted.grantee = 0
UNION ALL
SELECT 'role ' || roles.name || ', EXECUTE of ' || granted.name,
    CASE roles.oid WHEN granted.grantee THEN 'granted, and it reaches the server''s files'
        ELSE 'granted to ' || grantee.name || ', and it reaches the server''s files' END,
    'REVOKE EXECUTE ON FUNCTION pg_catalog.' || granted.name || ' FROM ' || grantee.name || roles.or_accept, roles.plain
FROM granted JOIN roles grantee ON grantee.oid = granted.grantee JOIN above ON above.target = granted.grantee
    JOIN roles ON roles.oid = above.role
-- Its members are reported as such.
WHERE grantee.rolname <> 'pg_read_server_files' AND NOT EXISTS (
    SELECT FROM above files JOIN pg_catalog.pg_roles f ON f.oid = files.target
    WHERE files.role = roles.oid AND f.rolname = 'pg_read_server_files');

-- groups of the rings that this account sees
WITH RECURSIVE edges AS (
    SELECT m.member, m.roleid FROM pg_catalog.pg_auth_members m CROSS JOIN LATERAL pg_catalog.to_jsonb(m) options
    WHERE coalesce((options ->> 'inherit_option')::boolean, true) OR coalesce((options ->> 'set_option')::boolean, true)
        OR (m.admin_option AND m.grantor <> 10)
), below (role, target) AS (
    SELECT r.oid, r.oid FROM pg_catalog.pg_roles r
    WHERE r.rolname IN (SELECT runtime_role FROM dkm4j.rings UNION SELECT administrator_role FROM dkm4j.rings)
    UNION SELECT e.member, below.target FROM below JOIN edges e ON e.roleid = below.role
)
SELECT DISTINCT 'role ' || pg_catalog.quote_ident(r.rolname) || ', both service and administrator of ring ' || ring.name,
    'in ' || ring.runtime_role || ' and ' || ring.administrator_role,
    pg_catalog.format('REVOKE %I or %I FROM %I', ring.runtime_role, ring.administrator_role, r.rolname), r.rolname
FROM dkm4j.rings ring
    JOIN pg_catalog.pg_roles services ON services.rolname = ring.runtime_role
    JOIN pg_catalog.pg_roles administrators ON administrators.rolname = ring.administrator_role
    JOIN below service ON service.target = services.oid
    JOIN below administrator ON administrator.target = administrators.oid AND administrator.role = service.role
    JOIN pg_catalog.pg_roles r ON r.oid = service.role
WHERE r.rolcanlogin AND NOT r.rolsuper
    AND NOT (ring.runtime_role = 'dkm4j_runtime' AND ring.administrator_role = 'dkm4j_administrator');

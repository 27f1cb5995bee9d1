-- Who may do what with dkm4j's tables, as rows of a name, a value and, where running postgresql-roles.sql again does not
-- put it right, what does. Each statement starts with a line that says what it is about. They only read catalogs, which
-- everybody may by default.

-- owners and objects of schema dkm4j
WITH tables AS (
    SELECT c.relowner AS owner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'dkm4j' AND c.relname = 'records' AND c.relkind = 'r'
), objects AS (
    SELECT 'schema dkm4j' AS name, 'SCHEMA dkm4j' AS called, n.nspowner AS owner
    FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j'
    UNION ALL
    SELECT kind.name || ' ' || full_name, pg_catalog.upper(kind.name) || ' ' || full_name, c.relowner
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN (VALUES ('r', 'table'), ('p', 'table'), ('v', 'view'), ('m', 'materialized view'), ('f', 'foreign table'),
            ('S', 'sequence')) kind (code, name) ON kind.code = c.relkind::text
        CROSS JOIN LATERAL pg_catalog.format('%I.%I', n.nspname, c.relname) full_name
    WHERE n.nspname = 'dkm4j'
    UNION ALL
    SELECT 'function ' || full_name, 'ROUTINE ' || full_name, p.proowner
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        CROSS JOIN LATERAL pg_catalog.format('%I.%I(%s)', n.nspname, p.proname,
            pg_catalog.oidvectortypes(p.proargtypes)) full_name
    WHERE n.nspname = 'dkm4j'
)
SELECT objects.name,
    CASE objects.owner WHEN tables.owner THEN 'of the owner of the tables'
        ELSE 'of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(objects.owner)) END,
    'ALTER ' || objects.called || ' OWNER TO ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(tables.owner))
        || ', or DROP ' || objects.called || ' if the scripts make none of the kind'
FROM objects CROSS JOIN tables;

-- privileges
WITH lists AS (
    SELECT 'schema dkm4j' AS name, n.nspowner AS owner,
        coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) AS list
    FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j'
    UNION ALL
    SELECT 'table dkm4j.' || c.relname, c.relowner, coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
    UNION ALL
    SELECT 'column dkm4j.' || c.relname || '.' || a.attname, c.relowner, a.attacl
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records') AND NOT a.attisdropped
    UNION ALL
    SELECT 'function dkm4j.' || p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')', p.proowner,
        coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'dkm4j' AND p.proname IN ('instant_in', 'window_of', 'may_runtime_add')
)
SELECT DISTINCT lists.name || ', ' || entry.privilege_type || ' for '
        || CASE entry.grantee WHEN 0 THEN 'PUBLIC'
            ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(entry.grantee)) END
        || CASE WHEN entry.is_grantable THEN ' with grant option' ELSE '' END,
    'granted', NULL
FROM lists CROSS JOIN LATERAL pg_catalog.aclexplode(lists.list) entry
WHERE entry.grantee <> lists.owner;

-- privileges that new objects will have
SELECT DISTINCT 'default privileges in schema dkm4j, ' || entry.privilege_type || ' for '
        || CASE entry.grantee WHEN 0 THEN 'PUBLIC'
            ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(entry.grantee)) END,
    'granted by ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole)),
    'ALTER DEFAULT PRIVILEGES FOR ROLE ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole))
        || ' IN SCHEMA dkm4j REVOKE it'
FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
    CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) entry
WHERE n.nspname = 'dkm4j';

-- row security
SELECT 'table dkm4j.' || c.relname || ', row security', CASE WHEN c.relrowsecurity THEN 'on' ELSE 'off' END, NULL
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records');

-- persistence
SELECT 'table dkm4j.' || c.relname || ', written ahead to the log', CASE c.relpersistence WHEN 'p' THEN 'yes' ELSE 'no' END,
    'ALTER TABLE dkm4j.' || c.relname || ' SET LOGGED'
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records');

-- policies
SELECT 'table dkm4j.' || c.relname || ', policy ' || pg_catalog.quote_ident(p.polname),
    CASE WHEN p.polpermissive THEN '' ELSE 'RESTRICTIVE ' END
        || CASE p.polcmd WHEN 'r' THEN 'FOR SELECT' WHEN 'a' THEN 'FOR INSERT' WHEN 'w' THEN 'FOR UPDATE'
            WHEN 'd' THEN 'FOR DELETE' ELSE 'FOR ALL' END
        || ' TO ' || (SELECT pg_catalog.string_agg(CASE role WHEN 0 THEN 'PUBLIC'
            ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(role)) END, ', ' ORDER BY role)
            FROM pg_catalog.unnest(p.polroles) role)
        || coalesce(' USING ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid), '')
        || coalesce(' WITH CHECK ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), ''),
    NULL
FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records');

-- functions
SELECT 'function dkm4j.' || p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || '), body',
    'LANGUAGE ' || l.lanname || ' RETURNS ' || pg_catalog.format_type(p.prorettype, NULL)
        || CASE p.provolatile WHEN 'i' THEN ' IMMUTABLE' WHEN 's' THEN ' STABLE' ELSE ' VOLATILE' END
        || CASE WHEN p.prosecdef THEN ' SECURITY DEFINER' ELSE '' END
        || coalesce(' SET ' || pg_catalog.array_to_string(p.proconfig, ' SET '), '')
        || ' AS sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
            pg_catalog.replace(p.prosrc, E'\r', ''), 'UTF8')), 'hex'),
    NULL
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE n.nspname = 'dkm4j' AND p.proname IN ('instant_in', 'window_of', 'may_runtime_add');

-- columns and their defaults
SELECT 'column dkm4j.' || c.relname || '.' || a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
        || coalesce((SELECT ' COLLATE ' || pg_catalog.quote_ident(o.collname)
            FROM pg_catalog.pg_collation o WHERE o.oid = a.attcollation AND o.collname NOT IN ('default')), '')
        || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
        || CASE WHEN a.attgenerated::text || a.attidentity::text <> '' THEN ' GENERATED' ELSE '' END
        || coalesce(' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), ''),
    'ALTER TABLE dkm4j.' || c.relname || ' to what the shipped postgresql.sql has'
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records') AND a.attnum > 0 AND NOT a.attisdropped;

-- constraints
SELECT 'table dkm4j.' || c.relname || ', constraint ' || pg_catalog.quote_ident(o.conname),
    pg_catalog.pg_get_constraintdef(o.oid),
    'ALTER TABLE dkm4j.' || c.relname || ' to what the shipped postgresql.sql has'
FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records') AND o.contype NOT IN ('n', 't');

-- triggers and rules
SELECT 'table dkm4j.' || c.relname || ', trigger '
        || CASE WHEN t.tgisinternal THEN 'of constraint ' || pg_catalog.quote_ident(o.conname) || ' with ' || p.proname
            ELSE pg_catalog.quote_ident(t.tgname) END,
    CASE WHEN t.tgenabled IN ('O', 'A') THEN 'on' ELSE 'off' END,
    CASE WHEN t.tgisinternal THEN 'ALTER TABLE dkm4j.' || c.relname || ' ENABLE TRIGGER ALL'
        ELSE pg_catalog.format('DROP TRIGGER %I ON dkm4j.%I', t.tgname, c.relname) END
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    LEFT JOIN pg_catalog.pg_constraint o ON o.oid = t.tgconstraint
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
    AND (NOT t.tgisinternal OR o.conrelid IN (SELECT r.oid FROM pg_catalog.pg_class r WHERE r.relnamespace = n.oid))
UNION ALL
SELECT 'table dkm4j.' || c.relname || ', rule ' || pg_catalog.quote_ident(r.rulename), 'there',
    pg_catalog.format('DROP RULE %I ON dkm4j.%I', r.rulename, c.relname)
FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records');

-- views, tables and functions elsewhere that show the rows
SELECT DISTINCT CASE v.relkind WHEN 'm' THEN 'materialized view ' WHEN 'v' THEN 'view ' ELSE 'rule of table ' END
        || pg_catalog.format('%I.%I', vn.nspname, v.relname),
    'reads dkm4j.' || c.relname || ' with the rights of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(v.relowner)),
    'drop it'
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    JOIN pg_catalog.pg_class v ON v.oid = r.ev_class JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
    JOIN pg_catalog.pg_class c ON c.oid = d.refobjid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records') AND vn.nspname <> 'dkm4j'
UNION ALL
-- Only those that name the schema.
SELECT DISTINCT 'function ' || pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes)),
    'SECURITY DEFINER, names dkm4j, with the rights of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.proowner)),
    'drop it'
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname <> 'dkm4j' AND (p.prosrc ~* 'dkm4j' OR p.proconfig::text ~* 'dkm4j' OR EXISTS (
    SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
        JOIN pg_catalog.pg_namespace t ON t.oid = c.relnamespace
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND t.nspname = 'dkm4j'))
UNION ALL
SELECT 'table dkm4j.' || c.relname || ', '
        || CASE i.inhrelid WHEN c.oid THEN 'parent ' ELSE 'child ' END || pg_catalog.format('%I.%I', rn.nspname, r.relname),
    'shares its rows', 'ALTER TABLE ... NO INHERIT'
FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid IN (i.inhrelid, i.inhparent)
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class r ON r.oid = CASE i.inhrelid WHEN c.oid THEN i.inhparent ELSE i.inhrelid END
    JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records');

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
), members AS (
    SELECT r.oid, pg_catalog.quote_ident(r.rolname) AS name, r.rolcanlogin, r.rolsuper, r.rolbypassrls, r.rolreplication,
        r.rolcreaterole, coalesce(pg_catalog.bool_or(g.rolname = 'dkm4j_administrator'), false) AS administers,
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
    'ALTER ROLE ' || members.name || ' NO' || attribute.name
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
        WHEN g.rolbypassrls THEN 'which is BYPASSRLS' ELSE 'which may write everything' END,
    'REVOKE ' || pg_catalog.quote_ident(g.rolname) || ' FROM ' || members.name || ' or from the role between them'
FROM members JOIN above ON above.role = members.oid AND above.target <> members.oid
    JOIN pg_catalog.pg_roles g ON g.oid = above.target
WHERE NOT members.rolsuper AND (g.rolsuper OR g.rolbypassrls OR g.oid IN (SELECT owner FROM owners)
    OR g.rolname IN ('pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
UNION ALL
SELECT DISTINCT 'role ' || members.name || ', admin option of ' || g.rolname, 'it can let others in',
    'REVOKE ADMIN OPTION FOR ' || g.rolname || ' FROM ' || members.name
FROM members JOIN pg_catalog.pg_auth_members m ON m.member = members.oid JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
    CROSS JOIN LATERAL pg_catalog.to_jsonb(m) options
WHERE m.admin_option AND NOT members.rolsuper
    AND g.rolname IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
    AND (coalesce((options ->> 'inherit_option')::boolean, true) OR coalesce((options ->> 'set_option')::boolean, true)
        OR m.grantor <> 10)
UNION ALL
SELECT 'role ' || members.name || ', owner of the tables', 'in dkm4j_client, and bound by no policy',
    'REVOKE the dkm4j_ roles FROM ' || members.name || ', or give the tables another owner'
FROM members WHERE NOT members.rolsuper AND members.oid IN (SELECT owner FROM owners)
UNION ALL
SELECT 'role ' || members.name || ', both service and administrator', 'in dkm4j_runtime and dkm4j_administrator',
    'REVOKE dkm4j_runtime or dkm4j_administrator FROM ' || members.name
FROM members WHERE members.rolcanlogin AND members.runs AND members.administers AND NOT members.rolsuper;

-- roles outside the group roles that no row security binds
WITH RECURSIVE edges AS (
    SELECT m.member, m.roleid FROM pg_catalog.pg_auth_members m CROSS JOIN LATERAL pg_catalog.to_jsonb(m) options
    WHERE coalesce((options ->> 'inherit_option')::boolean, true) OR coalesce((options ->> 'set_option')::boolean, true)
        OR (m.admin_option AND m.grantor <> 10)
), above (role, target) AS (
    SELECT r.oid, r.oid FROM pg_catalog.pg_roles r WHERE r.rolbypassrls AND NOT r.rolsuper
    UNION SELECT above.role, e.roleid FROM above JOIN edges e ON e.member = above.target
)
SELECT DISTINCT 'role ' || pg_catalog.quote_ident(r.rolname) || ', BYPASSRLS',
    'in ' || g.rolname || ', and so it reaches every ring', 'ALTER ROLE ' || pg_catalog.quote_ident(r.rolname) || ' NOBYPASSRLS'
FROM above JOIN pg_catalog.pg_roles r ON r.oid = above.role JOIN pg_catalog.pg_roles g ON g.oid = above.target
WHERE g.rolname IN ('pg_read_all_data', 'pg_write_all_data') AND NOT EXISTS (
    SELECT FROM above other JOIN pg_catalog.pg_roles c ON c.oid = other.target
    WHERE other.role = above.role AND c.rolname = 'dkm4j_client');

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
    pg_catalog.format('REVOKE %I or %I FROM %I', ring.runtime_role, ring.administrator_role, r.rolname)
FROM dkm4j.rings ring
    JOIN pg_catalog.pg_roles services ON services.rolname = ring.runtime_role
    JOIN pg_catalog.pg_roles administrators ON administrators.rolname = ring.administrator_role
    JOIN below service ON service.target = services.oid
    JOIN below administrator ON administrator.target = administrators.oid AND administrator.role = service.role
    JOIN pg_catalog.pg_roles r ON r.oid = service.role
WHERE r.rolcanlogin AND NOT r.rolsuper
    AND NOT (ring.runtime_role = 'dkm4j_runtime' AND ring.administrator_role = 'dkm4j_administrator');

-- Who may do what with dkm4j's tables, as rows of a name, a value and, where running postgresql-roles.sql again does not
-- put it right, what does. Each statement starts with a line that says what it is about. They only read catalogs, which
-- everybody may by default. What roles may do elsewhere, and so here, is asked in postgresql-access-roles.sql.

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

-- indexes and statistics
SELECT 'table dkm4j.' || c.relname || ', index ' || pg_catalog.quote_ident(x.relname),
    pg_catalog.pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN '' ELSE ' INVALID' END,
    CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint o WHERE o.conindid = x.oid AND o.conrelid = c.oid)
        THEN 'ALTER TABLE dkm4j.' || c.relname || ' to what the shipped postgresql.sql has'
        ELSE pg_catalog.format('DROP INDEX dkm4j.%I', x.relname) END
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
UNION ALL
SELECT 'table dkm4j.' || c.relname || ', statistics ' || pg_catalog.format('%I.%I', sn.nspname, s.stxname), 'there',
    pg_catalog.format('DROP STATISTICS %I.%I', sn.nspname, s.stxname)
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace sn ON sn.oid = s.stxnamespace
    JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records');

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

-- foreign keys of other tables
SELECT 'table ' || pg_catalog.format('%I.%I', fn.nspname, f.relname) || ', constraint ' || pg_catalog.quote_ident(o.conname),
    'references dkm4j.' || c.relname,
    pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', fn.nspname, f.relname, o.conname)
FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.confrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class f ON f.oid = o.conrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
WHERE o.contype = 'f' AND o.conparentid = 0 AND n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
    AND NOT (fn.nspname = 'dkm4j' AND f.relname IN ('rings', 'records'));

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
-- Only those that name the schema, and run as somebody whom the tables' privileges let in.
SELECT DISTINCT 'function ' || pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes)),
    'SECURITY DEFINER, names dkm4j, with the rights of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.proowner)),
    'drop it'
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname <> 'dkm4j' AND (p.prosrc ~* 'dkm4j' OR p.proconfig::text ~* 'dkm4j' OR EXISTS (
    SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
        JOIN pg_catalog.pg_namespace t ON t.oid = c.relnamespace
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND t.nspname = 'dkm4j'))
    AND EXISTS (
        SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace t ON t.oid = c.relnamespace
        WHERE t.nspname = 'dkm4j' AND c.relname IN ('rings', 'records')
            AND (pg_catalog.has_table_privilege(p.proowner, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                OR pg_catalog.has_any_column_privilege(p.proowner, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')))
UNION ALL
SELECT 'table dkm4j.' || c.relname || ', '
        || CASE i.inhrelid WHEN c.oid THEN 'parent ' ELSE 'child ' END || pg_catalog.format('%I.%I', rn.nspname, r.relname),
    'shares its rows', 'ALTER TABLE ... NO INHERIT'
FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid IN (i.inhrelid, i.inhparent)
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class r ON r.oid = CASE i.inhrelid WHEN c.oid THEN i.inhparent ELSE i.inhrelid END
    JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
WHERE n.nspname = 'dkm4j' AND c.relname IN ('rings', 'records');

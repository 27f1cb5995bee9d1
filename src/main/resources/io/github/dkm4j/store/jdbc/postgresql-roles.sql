-- Least privilege for dkm4j's key ring store on PostgreSQL. Run by an owner of the tables who may make roles, in one
-- transaction (psql -1); may be run again, and then takes away what was granted beside it. After it, owner and superusers
-- aside, a login role that is in none of these roles sees nothing.
--
--   dkm4j_client         what the three below have in common: the tables, but no ring
--   dkm4j_runtime        services: read, add the due successor of the newest key, state what they have used and audited
--   dkm4j_restorer       lent to a service for as long as it puts lost records back: adds records of any kind
--   dkm4j_administrator  operators: make rings, add records of any kind, delete the records of destroyed keys
--
-- Nobody changes a record, and nobody says when it was stored but the database.
DO $roles$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
END
$roles$;

-- The group roles have no powers but those below: what somebody added is taken away.
DO $powers$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT rolname, without FROM pg_catalog.pg_roles
            CROSS JOIN LATERAL (VALUES ('NOLOGIN', rolcanlogin), ('NOSUPERUSER', rolsuper), ('NOBYPASSRLS', rolbypassrls),
                ('NOCREATEROLE', rolcreaterole), ('NOCREATEDB', rolcreatedb), ('NOREPLICATION', rolreplication),
                ('INHERIT', NOT rolinherit)) powers (without, given)
            WHERE given AND rolname IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator') LOOP
        EXECUTE pg_catalog.format('ALTER ROLE %I %s', found.rolname, found.without);
    END LOOP;
    FOR found IN SELECT DISTINCT roleid::regrole AS upper, member::regrole AS lower FROM pg_catalog.pg_auth_members
            WHERE member::regrole::text IN ('dkm4j_client', 'dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator')
                AND (admin_option OR member::regrole::text = 'dkm4j_client' OR roleid::regrole::text <> 'dkm4j_client') LOOP
        EXECUTE pg_catalog.format('REVOKE %s FROM %s', found.upper, found.lower);
    END LOOP;
    -- Only what is missing: since PostgreSQL 16 an owner may not grant roles that somebody else has made.
    FOR found IN SELECT rolname FROM pg_catalog.pg_roles r
            WHERE rolname IN ('dkm4j_runtime', 'dkm4j_restorer', 'dkm4j_administrator') AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid AND m.roleid = 'dkm4j_client'::regrole) LOOP
        EXECUTE pg_catalog.format('GRANT dkm4j_client TO %I', found.rolname);
    END LOOP;
END
$powers$;

-- Nor has anybody else: everything is taken from everybody but the owner, and given anew.
DO $grants$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT DISTINCT object, CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE entry.grantee::regrole::text END AS grantee
        FROM (
            SELECT 'SCHEMA dkm4j' AS object, nspowner AS owner, nspacl AS list
            FROM pg_catalog.pg_namespace WHERE nspname = 'dkm4j'
            UNION ALL
            SELECT 'TABLE ' || oid::regclass, relowner, relacl FROM pg_catalog.pg_class
            WHERE oid IN ('dkm4j.rings'::regclass, 'dkm4j.records'::regclass)
            UNION ALL
            SELECT 'TABLE ' || c.oid::regclass, c.relowner, a.attacl
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
            WHERE c.oid IN ('dkm4j.rings'::regclass, 'dkm4j.records'::regclass) AND NOT a.attisdropped
        ) lists CROSS JOIN LATERAL pg_catalog.aclexplode(list) entry
        WHERE entry.grantee <> owner
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %s CASCADE', found.object, found.grantee);
    END LOOP;
    FOR found IN SELECT polrelid::regclass AS relation, polname AS name FROM pg_catalog.pg_policy
            WHERE polrelid IN ('dkm4j.rings'::regclass, 'dkm4j.records'::regclass) LOOP
        EXECUTE pg_catalog.format('DROP POLICY %I ON %s', found.name, found.relation);
    END LOOP;
END
$grants$;
GRANT USAGE ON SCHEMA dkm4j TO dkm4j_client;
GRANT SELECT ON dkm4j.rings, dkm4j.records TO dkm4j_client;
GRANT INSERT (ring, slot, id, content) ON dkm4j.records TO dkm4j_client;
GRANT INSERT (rival) ON dkm4j.records TO dkm4j_restorer, dkm4j_administrator;
GRANT INSERT (name) ON dkm4j.rings TO dkm4j_administrator;
GRANT DELETE ON dkm4j.records TO dkm4j_administrator;

-- The time that a record's text gives under a name; NULL if it gives none.
CREATE OR REPLACE FUNCTION dkm4j.instant_in(body text, name text)
    RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS
$function$
BEGIN
    RETURN substring(body FROM E'\n' || name || E': ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{5,8}(?:[.][0-9]{1,9})?Z)\n')::timestamptz;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$function$;

-- For how long a key's record says that the key is pending; NULL if it says nothing of the kind.
CREATE OR REPLACE FUNCTION dkm4j.window_of(content bytea)
    RETURNS interval LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS
$function$
DECLARE
    body text;
BEGIN
    body := convert_from(content, 'LATIN1');
    RETURN dkm4j.instant_in(body, 'activates') - dkm4j.instant_in(body, 'created');
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$function$;

-- Whether a run-time role may add this record: a statement of use, what an audit trail puts there, or the next key if the ring has no live successor.
-- It reads what the record says of itself; whether that is authentic, only holders of the ring's root can tell.
CREATE OR REPLACE FUNCTION dkm4j.may_runtime_add(in_ring text, in_slot text, in_id text, in_content bytea)
    -- Volatile, so that it sees the rows of its own statement too.
    RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS
$function$
DECLARE
    body         text;
    created      timestamptz;
    pending      interval;
    last_epoch   bigint;
    pause        interval;
    most_pending interval;
BEGIN
    body := convert_from(in_content, 'LATIN1');
    created := dkm4j.instant_in(body, 'created');
    pending := dkm4j.window_of(in_content);
    IF in_slot ~ '^use-[0-9]{10}-[0-9a-f]{16}-[0-9a-f]{16}-[0-9]{4}$' THEN
        RETURN octet_length(in_content) <= 1024 AND starts_with(body, E'dkm4j use 1\n')
            AND in_id = substring(in_slot FROM 33 FOR 16)
            AND EXISTS (
                SELECT FROM dkm4j.records record
                WHERE record.ring = in_ring AND record.slot = 'key-' || substring(in_slot FROM 5 FOR 10)
                    AND record.id = substring(in_slot FROM 16 FOR 16))
            AND (SELECT count(*) FROM dkm4j.records record
                WHERE record.ring = in_ring AND record.slot >= substring(in_slot FROM 1 FOR 32)
                    AND record.slot < substring(in_slot FROM 1 FOR 31) || '.') < (
                SELECT ring.most_uses FROM dkm4j.rings ring WHERE ring.name = in_ring);
    END IF;
    -- A trail's key, which its name and a plus sign begin, or a checkpoint, of which the name is the first line.
    IF in_slot ~ '^audit-[0-9a-f]{16}(-[0-9]{19}-[0-9a-f]{16})?$' THEN
        -- A checkpoint's place is its own: it follows from how many records the second line says there are, and from the content.
        IF length(in_slot) > 22 AND substring(in_slot FROM 23) IS DISTINCT FROM '-'
            || lpad(substring(body FROM E'^[^\n]*\n(0|[1-9][0-9]{0,17})\n'), 19, '0')
            || '-' || substring(encode(sha256(in_content), 'hex') FROM 1 FOR 16) THEN
            RETURN false;
        END IF;
        RETURN octet_length(in_content) <= 2048 AND in_id = substring(in_slot FROM 7 FOR 16)
            AND starts_with(body, 'dkm4j/' || in_ring || '/' || in_id
                || CASE length(in_slot) WHEN 22 THEN '+' ELSE E'\n' END)
            AND (SELECT count(*) FROM dkm4j.records record
                WHERE record.ring = in_ring AND record.slot >= substring(in_slot FROM 1 FOR 22)
                    AND record.slot < substring(in_slot FROM 1 FOR 22) || '.') < (
                SELECT ring.most_checkpoints FROM dkm4j.rings ring WHERE ring.name = in_ring);
    END IF;
    IF in_slot !~ '^key-[0-9]{10}$'
        OR octet_length(in_content) > 32768
        OR NOT starts_with(body, E'dkm4j key 1\n')
        OR lpad(substring(body FROM E'\nepoch: ([0-9]{1,10})\n'), 10, '0') IS DISTINCT FROM substring(in_slot FROM 5)
        OR substring(body FROM E'\nkey-id: ([0-9a-f]{16})\n') IS DISTINCT FROM in_id THEN
        RETURN false;
    END IF;
    SELECT ring.least_key_interval, ring.most_key_window INTO pause, most_pending
        FROM dkm4j.rings ring WHERE ring.name = in_ring;
    IF NOT FOUND OR pending IS NULL OR pending < interval '0' OR pending > most_pending
        OR created > clock_timestamp() + interval '10 minutes' THEN
        RETURN false;
    END IF;
    -- The next epoch, and none that was left out or whose key was destroyed.
    SELECT coalesce(max(substring(record.slot FROM 5)::bigint), 0) INTO last_epoch
        FROM dkm4j.records record WHERE record.ring = in_ring AND record.slot ~ '^key-[0-9]{10}$';
    RETURN substring(in_slot FROM 5)::bigint = last_epoch + 1 AND NOT EXISTS (
        SELECT FROM dkm4j.records record
        WHERE record.ring = in_ring AND record.slot ~ '^key-[0-9]{10}$'
            AND record.stored_at > clock_timestamp() - greatest(pause, most_pending)
            AND record.stored_at > clock_timestamp()
                - greatest(pause, least(coalesce(dkm4j.window_of(record.content), pause), most_pending)));
EXCEPTION WHEN data_exception THEN
    RETURN false;
END
$function$;

DO $functions$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT DISTINCT p.oid::regprocedure AS function,
            CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE entry.grantee::regrole::text END AS grantee
        FROM pg_catalog.pg_proc p
            CROSS JOIN LATERAL pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) entry
        WHERE p.pronamespace = 'dkm4j'::regnamespace AND entry.grantee <> p.proowner
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON ROUTINE %s FROM %s CASCADE', found.function, found.grantee);
    END LOOP;
END
$functions$;
GRANT EXECUTE ON FUNCTION dkm4j.instant_in(text, text), dkm4j.window_of(bytea) TO dkm4j_client;
GRANT EXECUTE ON FUNCTION dkm4j.may_runtime_add(text, text, text, bytea) TO dkm4j_client;

ALTER TABLE dkm4j.rings ENABLE ROW LEVEL SECURITY;
ALTER TABLE dkm4j.records ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_read ON dkm4j.rings FOR SELECT
    USING (pg_has_role(to_regrole(quote_ident(runtime_role::text)), 'USAGE') OR pg_has_role(to_regrole(quote_ident(administrator_role::text)), 'USAGE'));

CREATE POLICY administrators_make ON dkm4j.rings FOR INSERT
    WITH CHECK (pg_has_role(to_regrole(quote_ident(administrator_role::text)), 'USAGE'));

CREATE POLICY members_read ON dkm4j.records FOR SELECT
    USING (ring IN (SELECT name FROM dkm4j.rings));

CREATE POLICY services_add ON dkm4j.records FOR INSERT
    WITH CHECK (rival = 0 AND dkm4j.may_runtime_add(ring, slot, id, content)
        AND ring IN (SELECT name FROM dkm4j.rings WHERE pg_has_role(to_regrole(quote_ident(runtime_role::text)), 'USAGE')));

CREATE POLICY restorers_add ON dkm4j.records FOR INSERT
    WITH CHECK (pg_has_role('dkm4j_restorer', 'USAGE') AND ring IN (SELECT name FROM dkm4j.rings));

CREATE POLICY administrators_add ON dkm4j.records FOR INSERT
    WITH CHECK (ring IN (SELECT name FROM dkm4j.rings WHERE pg_has_role(to_regrole(quote_ident(administrator_role::text)), 'USAGE')));

-- What audit trails put there outlives whoever is audited: only the owner deletes it.
CREATE POLICY administrators_delete ON dkm4j.records FOR DELETE
    USING (NOT starts_with(slot, 'audit-') AND ring IN (SELECT name FROM dkm4j.rings WHERE pg_has_role(to_regrole(quote_ident(administrator_role::text)), 'USAGE')));

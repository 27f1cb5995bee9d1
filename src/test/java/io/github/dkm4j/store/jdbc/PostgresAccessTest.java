package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.sql.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What the check of access finds in a PostgreSQL after somebody has changed something with plain SQL. */
class PostgresAccessTest extends PostgresAccessTestCase {
    private static final String RUN_AGAIN = ": run postgresql-roles again";

    @Test
    void shippedBaselineIsWhatTheScriptsMakeOfAFreshDatabase() throws SQLException {
        Postgres.execute(owner, "DROP ROLE svc_mail, ops, svc_files, files_services; DELETE FROM dkm4j.rings");
        String made = Session.with(owner, PostgresAccess::describe);
        Postgres.execute(
                owner, "CREATE ROLE svc_mail; CREATE ROLE ops; CREATE ROLE files_services; CREATE ROLE svc_files");

        assertThat(made).isEqualTo(Script.text("postgresql-access.txt"));
    }

    @Test
    void databaseAsShippedHasNoFindingsWhoeverAsks() {
        for (DataSource account : List.of(owner, as("svc_mail"), as("ops"), as("svc_files"))) {
            assertThat(JdbcKeyRingStore.of(account).checkAccess()).isEmpty();
            assertThat(JdbcKeyRingStore.of(account).doubts()).isEmpty();
        }
    }

    @Test
    void settingsOfTheSessionDoNotMatter() {
        Postgres.execute(
                owner,
                "ALTER ROLE svc_mail SET search_path = dkm4j, public; ALTER ROLE svc_mail SET intervalstyle = 'iso_8601';"
                        + " ALTER ROLE svc_mail SET quote_all_identifiers = on");

        assertThat(JdbcKeyRingStore.of(as("svc_mail")).checkAccess()).isEmpty();
    }

    static Stream<Arguments> driftThatTheScriptRemoves() {
        return Stream.of(
                arguments(
                        "GRANT SELECT ON dkm4j.records TO stranger",
                        "table dkm4j.records, SELECT for stranger (granted) is not of the shipped scripts" + RUN_AGAIN),
                arguments(
                        "GRANT SELECT ON dkm4j.records TO PUBLIC",
                        "table dkm4j.records, SELECT for PUBLIC (granted) is not of the shipped scripts" + RUN_AGAIN),
                arguments(
                        "GRANT USAGE ON SCHEMA dkm4j TO PUBLIC",
                        "schema dkm4j, USAGE for PUBLIC (granted) is not of the shipped scripts" + RUN_AGAIN),
                arguments(
                        "GRANT CREATE ON SCHEMA dkm4j TO dkm4j_client",
                        "schema dkm4j, CREATE for dkm4j_client (granted) is not of the shipped scripts" + RUN_AGAIN),
                arguments(
                        "GRANT UPDATE (content) ON dkm4j.records TO svc_mail",
                        "column dkm4j.records.content, UPDATE for svc_mail (granted) is not of the shipped scripts"
                                + RUN_AGAIN),
                arguments(
                        "GRANT INSERT (stored_at) ON dkm4j.records TO dkm4j_client",
                        "column dkm4j.records.stored_at, INSERT for dkm4j_client (granted) is not of the shipped scripts"
                                + RUN_AGAIN),
                arguments(
                        "GRANT TRUNCATE ON dkm4j.rings TO ops",
                        "table dkm4j.rings, TRUNCATE for ops (granted) is not of the shipped scripts" + RUN_AGAIN),
                arguments(
                        "GRANT EXECUTE ON FUNCTION dkm4j.window_of(bytea) TO PUBLIC",
                        "function dkm4j.window_of(bytea), EXECUTE for PUBLIC (granted) is not of the shipped scripts"
                                + RUN_AGAIN),
                arguments(
                        "REVOKE SELECT ON dkm4j.records FROM dkm4j_client",
                        "table dkm4j.records, SELECT for dkm4j_client is missing" + RUN_AGAIN),
                arguments(
                        "ALTER TABLE dkm4j.records DISABLE ROW LEVEL SECURITY",
                        "table dkm4j.records, row security is off instead of on" + RUN_AGAIN),
                arguments(
                        "DROP POLICY members_read ON dkm4j.rings",
                        "table dkm4j.rings, policy members_read is missing" + RUN_AGAIN),
                arguments(
                        "CREATE POLICY more ON dkm4j.records FOR SELECT TO stranger USING (true)",
                        "table dkm4j.records, policy more (FOR SELECT TO stranger USING true) is not of the shipped"
                                + " scripts" + RUN_AGAIN),
                arguments(
                        "ALTER POLICY members_read ON dkm4j.records USING (true)",
                        "table dkm4j.records, policy members_read is FOR SELECT TO PUBLIC USING true instead of FOR SELECT"
                                + " TO PUBLIC USING ((ring)::text IN ( SELECT rings.name FROM dkm4j.rings))"
                                + RUN_AGAIN),
                arguments(
                        "ALTER POLICY members_read ON dkm4j.records TO dkm4j_client",
                        "table dkm4j.records, policy members_read is FOR SELECT TO dkm4j_client USING ((ring)::text IN ("
                                + " SELECT rings.name FROM dkm4j.rings)) instead of FOR SELECT"
                                + " TO PUBLIC USING ((ring)::text IN ( SELECT rings.name FROM dkm4j.rings))"
                                + RUN_AGAIN),
                arguments(
                        "ALTER ROLE dkm4j_runtime LOGIN", "role dkm4j_runtime is LOGIN instead of NOLOGIN" + RUN_AGAIN),
                arguments(
                        "ALTER ROLE dkm4j_restorer BYPASSRLS",
                        "role dkm4j_restorer is NOLOGIN BYPASSRLS instead of NOLOGIN" + RUN_AGAIN),
                arguments(
                        "ALTER ROLE dkm4j_runtime NOINHERIT",
                        "role dkm4j_runtime is NOLOGIN NOINHERIT instead of NOLOGIN" + RUN_AGAIN),
                arguments(
                        "GRANT dkm4j_client TO dkm4j_runtime WITH ADMIN OPTION",
                        "role dkm4j_runtime, member of dkm4j_client is with admin option instead of yes" + RUN_AGAIN),
                arguments(
                        "GRANT dkm4j_restorer TO dkm4j_runtime",
                        "role dkm4j_runtime, member of dkm4j_restorer (yes) is not of the shipped scripts" + RUN_AGAIN),
                arguments(
                        "REVOKE dkm4j_client FROM dkm4j_restorer",
                        "role dkm4j_restorer, member of dkm4j_client is missing" + RUN_AGAIN));
    }

    @ParameterizedTest
    @MethodSource("driftThatTheScriptRemoves")
    void driftIsFoundAndTheScriptRunAgainRemovesIt(String drift, String finding) {
        Postgres.execute(owner, drift);

        assertThat(store.checkAccess()).containsExactly(finding);
        store.restoreAccess();
        assertThat(store.checkAccess()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RETURNS boolean LANGUAGE sql", "RETURNS boolean LANGUAGE sql SECURITY DEFINER"})
    void replacedFunctionIsFoundAndTheScriptReplacesItAgain(String how) {
        Postgres.execute(
                owner,
                "CREATE OR REPLACE FUNCTION dkm4j.may_runtime_add(in_ring text, in_slot text, in_id text, in_content bytea) "
                        + how + " AS 'SELECT true'");

        assertThat(store.checkAccess())
                .singleElement()
                .satisfies(finding -> assertThat(finding)
                        .startsWith("function dkm4j.may_runtime_add(text, text, text, bytea), body is LANGUAGE sql")
                        .endsWith(RUN_AGAIN));
        store.restoreAccess();
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void grantsThatWerePassedOnAreRevokedToo() {
        Postgres.execute(
                owner,
                "GRANT SELECT ON dkm4j.records TO ops WITH GRANT OPTION; SET ROLE ops;"
                        + " GRANT SELECT ON dkm4j.records TO stranger");
        assertThat(store.checkAccess())
                .containsExactly(
                        "table dkm4j.records, SELECT for ops with grant option (granted) is not of the shipped scripts"
                                + RUN_AGAIN,
                        "table dkm4j.records, SELECT for stranger (granted) is not of the shipped scripts" + RUN_AGAIN);

        store.restoreAccess();

        assertThat(store.checkAccess()).isEmpty();
    }

    static Stream<Arguments> driftThatIsRemovedByHand() {
        return Stream.of(
                arguments(
                        "ALTER TABLE dkm4j.records ALTER stored_at DROP DEFAULT",
                        "column dkm4j.records.stored_at is timestamp with time zone NOT NULL instead of timestamp with time"
                                + " zone NOT NULL DEFAULT clock_timestamp(): ALTER TABLE dkm4j.records to what the shipped"
                                + " postgresql.sql has",
                        "ALTER TABLE dkm4j.records ALTER stored_at SET DEFAULT clock_timestamp()"),
                arguments(
                        "ALTER TABLE dkm4j.records ADD more text",
                        "column dkm4j.records.more (text) is not of the shipped scripts: ALTER TABLE dkm4j.records to what"
                                + " the shipped postgresql.sql has",
                        "ALTER TABLE dkm4j.records DROP more"),
                arguments(
                        "ALTER TABLE dkm4j.records DROP CONSTRAINT records_content_check",
                        "table dkm4j.records, constraint records_content_check is missing: put it back as the shipped script"
                                + " postgresql has it",
                        "ALTER TABLE dkm4j.records ADD CHECK (octet_length(content) <= 65536)"),
                arguments(
                        "CREATE TRIGGER more BEFORE INSERT ON dkm4j.records EXECUTE FUNCTION"
                                + " suppress_redundant_updates_trigger()",
                        "table dkm4j.records, trigger more (on) is not of the shipped scripts: DROP TRIGGER more ON"
                                + " dkm4j.records",
                        "DROP TRIGGER more ON dkm4j.records"),
                arguments(
                        "CREATE RULE more AS ON INSERT TO dkm4j.records DO ALSO NOTIFY x",
                        "table dkm4j.records, rule more (there) is not of the shipped scripts: DROP RULE more ON"
                                + " dkm4j.records",
                        "DROP RULE more ON dkm4j.records"),
                arguments(
                        "CREATE VIEW dkm4j.all_keys AS SELECT * FROM dkm4j.records",
                        "view dkm4j.all_keys (of the owner of the tables) is not of the shipped scripts: ALTER VIEW"
                                + " dkm4j.all_keys OWNER TO postgres, or DROP VIEW dkm4j.all_keys if the scripts make none"
                                + " of the kind",
                        "DROP VIEW dkm4j.all_keys"),
                arguments(
                        "CREATE VIEW public.all_keys AS SELECT * FROM dkm4j.records",
                        "view public.all_keys (reads dkm4j.records with the rights of postgres) is not of the shipped"
                                + " scripts: drop it",
                        "DROP VIEW public.all_keys"),
                arguments(
                        "CREATE FUNCTION dkm4j.more() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::text'",
                        "function dkm4j.more() (of the owner of the tables) is not of the shipped scripts: ALTER ROUTINE"
                                + " dkm4j.more() OWNER TO postgres, or DROP ROUTINE dkm4j.more() if the scripts make none"
                                + " of the kind",
                        "DROP FUNCTION dkm4j.more()"),
                arguments(
                        "CREATE FUNCTION public.more() RETURNS bytea LANGUAGE sql SECURITY DEFINER AS 'SELECT content FROM dkm4j.records LIMIT 1'",
                        "function public.more() (SECURITY DEFINER, names dkm4j, with the rights of postgres) is not of the"
                                + " shipped scripts: drop it",
                        "DROP FUNCTION public.more()"),
                arguments(
                        "CREATE FUNCTION public.more() RETURNS bytea LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT content FROM dkm4j.records LIMIT 1; END",
                        "function public.more() (SECURITY DEFINER, names dkm4j, with the rights of postgres) is not of the"
                                + " shipped scripts: drop it",
                        "DROP FUNCTION public.more()"),
                arguments(
                        "ALTER DEFAULT PRIVILEGES IN SCHEMA dkm4j GRANT SELECT ON TABLES TO stranger",
                        "default privileges in schema dkm4j, SELECT for stranger (granted by postgres) is not of the shipped"
                                + " scripts: ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA dkm4j REVOKE it",
                        "ALTER DEFAULT PRIVILEGES IN SCHEMA dkm4j REVOKE SELECT ON TABLES FROM stranger"),
                arguments(
                        "ALTER FUNCTION dkm4j.window_of(bytea) OWNER TO stranger",
                        "function dkm4j.window_of(bytea) is of stranger instead of of the owner of the tables: ALTER ROUTINE"
                                + " dkm4j.window_of(bytea) OWNER TO postgres, or DROP ROUTINE dkm4j.window_of(bytea) if the"
                                + " scripts make none of the kind",
                        "ALTER FUNCTION dkm4j.window_of(bytea) OWNER TO postgres"),
                arguments(
                        "ALTER ROLE svc_mail SUPERUSER",
                        "role svc_mail, SUPERUSER (in dkm4j_runtime) is not of the shipped scripts: ALTER ROLE svc_mail"
                                + " NOSUPERUSER",
                        "ALTER ROLE svc_mail NOSUPERUSER"),
                arguments(
                        "ALTER ROLE svc_files BYPASSRLS",
                        "role svc_files, BYPASSRLS (in dkm4j_client) is not of the shipped scripts: ALTER ROLE svc_files"
                                + " NOBYPASSRLS",
                        "ALTER ROLE svc_files NOBYPASSRLS"),
                arguments(
                        "ALTER ROLE svc_mail CREATEROLE",
                        "role svc_mail, CREATEROLE (in dkm4j_runtime) is not of the shipped scripts: ALTER ROLE svc_mail"
                                + " NOCREATEROLE",
                        "ALTER ROLE svc_mail NOCREATEROLE"),
                arguments(
                        "GRANT postgres TO svc_mail",
                        "role svc_mail, member of postgres (which is SUPERUSER) is not of the shipped scripts: REVOKE"
                                + " postgres FROM svc_mail or from the role between them",
                        "REVOKE postgres FROM svc_mail"),
                arguments(
                        "GRANT dkm4j_runtime TO svc_mail WITH ADMIN OPTION",
                        "role svc_mail, admin option of dkm4j_runtime (it can let others in) is not of the shipped scripts:"
                                + " REVOKE ADMIN OPTION FOR dkm4j_runtime FROM svc_mail",
                        "REVOKE ADMIN OPTION FOR dkm4j_runtime FROM svc_mail"),
                arguments(
                        "GRANT pg_write_all_data TO ops",
                        "role ops, member of pg_write_all_data (which may write everything) is not of the shipped scripts:"
                                + " REVOKE pg_write_all_data FROM ops or from the role between them",
                        "REVOKE pg_write_all_data FROM ops"),
                arguments(
                        "GRANT dkm4j_administrator TO svc_mail",
                        "role svc_mail, both service and administrator (in dkm4j_runtime and dkm4j_administrator) is not of"
                                + " the shipped scripts: REVOKE dkm4j_runtime or dkm4j_administrator FROM svc_mail",
                        "REVOKE dkm4j_administrator FROM svc_mail"),
                arguments(
                        "GRANT files_services TO ops",
                        "role ops, both service and administrator of ring files (in files_services and dkm4j_administrator)"
                                + " is not of the shipped scripts: REVOKE files_services or dkm4j_administrator FROM ops",
                        "REVOKE files_services FROM ops"),
                arguments(
                        "CREATE TABLE public.parent (LIKE dkm4j.records);"
                                + " ALTER TABLE dkm4j.records INHERIT public.parent",
                        "table dkm4j.records, parent public.parent (shares its rows) is not of the shipped scripts: ALTER"
                                + " TABLE ... NO INHERIT",
                        "ALTER TABLE dkm4j.records NO INHERIT public.parent"));
    }

    @ParameterizedTest
    @MethodSource("driftThatIsRemovedByHand")
    void driftIsFoundUntilItIsRemoved(String drift, String finding, String remedy) {
        Postgres.execute(owner, drift);

        assertThat(store.checkAccess()).containsExactly(finding);
        assertThat(store.doubts()).containsExactly(finding);
        Postgres.execute(owner, remedy);
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void guardsThatAreSwitchedOffAreFound() {
        Postgres.execute(owner, "ALTER TABLE dkm4j.records DISABLE TRIGGER ALL");

        assertThat(store.checkAccess())
                .hasSize(2)
                .allMatch(finding -> finding.startsWith("table dkm4j.records, trigger of constraint records_ring_fkey"))
                .allMatch(finding ->
                        finding.endsWith(" is off instead of on: ALTER TABLE dkm4j.records ENABLE TRIGGER ALL"));
    }

    @Test
    void tablesOfARunTimeRoleAreFoundFaultWith() {
        Postgres.execute(
                owner,
                "ALTER SCHEMA dkm4j OWNER TO svc_mail; ALTER TABLE dkm4j.rings OWNER TO svc_mail;"
                        + " ALTER TABLE dkm4j.records OWNER TO svc_mail; ALTER FUNCTION dkm4j.window_of(bytea) OWNER TO"
                        + " svc_mail; ALTER FUNCTION dkm4j.instant_in(text, text) OWNER TO svc_mail; ALTER FUNCTION"
                        + " dkm4j.may_runtime_add(text, text, text, bytea) OWNER TO svc_mail");

        assertThat(store.checkAccess())
                .containsExactly(
                        "role svc_mail, owner of the tables (in dkm4j_client, and bound by no policy) is not of the"
                                + " shipped scripts: REVOKE the dkm4j_ roles FROM svc_mail, or give the tables another owner");
    }

    @Test
    void whoMayNotSeeEverythingIsToldWhatWasNotChecked() {
        assertThat(JdbcKeyRingStore.of(as("stranger")).checkAccess())
                .containsExactly(
                        "this account may not see everything, and so these were not checked: groups of the rings"
                                + " that this account sees; check with another one");
    }

    @Test
    void otherFactsAreCheckedAllTheSameWhereOneIsNotSeen() {
        Postgres.execute(owner, "GRANT SELECT ON dkm4j.records TO stranger; REVOKE SELECT ON pg_proc FROM PUBLIC");
        List<String> findings = JdbcKeyRingStore.of(as("ops")).checkAccess();
        Postgres.execute(owner, "GRANT SELECT ON pg_proc TO PUBLIC; REVOKE SELECT ON pg_class FROM PUBLIC");
        List<String> nothing = JdbcKeyRingStore.of(as("ops")).doubts();
        Postgres.execute(owner, "GRANT SELECT ON pg_class TO PUBLIC");

        assertThat(nothing)
                .satisfiesExactly(
                        doubt -> assertThat(doubt)
                                .startsWith("this account may not see whether the database would empty"),
                        doubt -> assertThat(doubt).contains("not checked: grants and row security"));
        assertThat(findings)
                .anyMatch(finding -> finding.endsWith("not checked: functions; check with another one"))
                .noneMatch(finding -> finding.contains("missing"));
    }

    @Test
    void unloggedTableIsADurabilityDoubtAndAFinding() {
        Postgres.execute(owner, "ALTER TABLE dkm4j.records SET UNLOGGED");
        String finding =
                "table dkm4j.records, written ahead to the log is no instead of yes: ALTER TABLE dkm4j.records SET"
                        + " LOGGED";

        assertThat(store.checkAccess()).containsExactly(finding);
        assertThat(store.doubts())
                .containsExactly(
                        "the database empties table dkm4j.records when it was not shut down in order, and no standby has it"
                                + " (UNLOGGED): ALTER TABLE dkm4j.records SET LOGGED",
                        finding);
        assertThat(JdbcKeyRingStore.of(as("stranger")).doubts()).anyMatch(doubt -> doubt.contains("UNLOGGED"));
        Postgres.execute(owner, "ALTER TABLE dkm4j.records SET LOGGED");
        assertThat(JdbcKeyRingStore.of(owner).doubts()).isEmpty();
    }

    @Test
    void connectionsWithATransactionThatATestQueryHasBegunWillDo() {
        DataSource pool = new PGSimpleDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                Connection lent = owner.getConnection();
                lent.setAutoCommit(false);
                try (Statement statement = lent.createStatement()) {
                    statement.execute("SELECT 1");
                }
                return lent;
            }
        };
        Postgres.execute(owner, "GRANT SELECT ON dkm4j.records TO stranger");

        assertThat(JdbcKeyRingStore.of(pool).checkAccess()).hasSize(1);
        assertThat(JdbcKeyRingStore.of(pool).doubts()).hasSize(1);
        JdbcKeyRingStore.of(pool).restoreAccess();
        assertThat(JdbcKeyRingStore.of(pool).checkAccess()).isEmpty();
    }

    @Test
    void controlCharactersOfNamesAreEscaped() {
        Postgres.execute(
                owner, "CREATE ROLE \"a\nb\u001b[1m\u202e\"; GRANT SELECT ON dkm4j.records TO \"a\nb\u001b[1m\u202e\"");
        List<String> findings = store.checkAccess();
        Postgres.execute(owner, "DROP OWNED BY \"a\nb\u001b[1m\u202e\"; DROP ROLE \"a\nb\u001b[1m\u202e\"");

        assertThat(findings)
                .containsExactly(
                        "table dkm4j.records, SELECT for \"a\\u000ab\\u001b[1m\\u202e\" (granted) is not of the"
                                + " shipped scripts" + RUN_AGAIN);
    }

    @Test
    void onlyAnOwnerRestoresAccess() {
        assertThatExceptionOfType(AccessDenied.class).isThrownBy(JdbcKeyRingStore.of(as("svc_mail"))::restoreAccess);
    }

    @Test
    void ownerNeedsNoMoreThanToMakeRoles() {
        Postgres.execute(
                owner,
                "DROP SCHEMA dkm4j CASCADE; CREATE ROLE keeper LOGIN CREATEROLE; GRANT CREATE ON DATABASE postgres TO keeper");
        JdbcKeyRingStore keeper = JdbcKeyRingStore.of(as("keeper"));
        Postgres.execute(as("keeper"), JdbcKeyRingStore.schema("postgresql"));
        keeper.restoreAccess();
        List<String> fresh = keeper.checkAccess();
        Postgres.execute(as("keeper"), "GRANT SELECT ON dkm4j.records TO PUBLIC");
        List<String> drifted = keeper.checkAccess();
        keeper.restoreAccess();
        List<String> restored = keeper.checkAccess();
        Postgres.execute(owner, "DROP OWNED BY keeper CASCADE; DROP ROLE keeper; CREATE SCHEMA dkm4j");

        assertThat(fresh).isEmpty();
        assertThat(drifted).hasSize(1);
        assertThat(restored).isEmpty();
    }

    @Test
    void restoringLetsServicesAndOperatorsWorkAndNobodyElse() {
        Postgres.execute(owner, "GRANT USAGE ON SCHEMA dkm4j TO stranger; GRANT ALL ON dkm4j.records TO stranger");
        store.restoreAccess();

        assertThat(JdbcKeyRingStore.of(as("ops")).create("new", List.of())).isTrue();
        assertThat(JdbcKeyRingStore.of(as("svc_mail")).read("mail")).isEmpty();
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> JdbcKeyRingStore.of(as("stranger")).read("mail"));
    }

    @Test
    void databaseWithoutTheRolesEnforcesNothingAndIsNotDoubtedForIt() {
        Postgres.execute(owner, "DROP SCHEMA dkm4j CASCADE");
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql"));

        assertThat(store.checkAccess())
                .containsExactly(
                        "the database enforces nothing: whoever may use the tables may read and change every ring; run the shipped"
                                + " script postgresql-roles");
        assertThat(store.doubts()).isEmpty();
        store.restoreAccess();
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void databaseWhoseRolesAreGoneIsDoubtedByWhoHasSeenThem() {
        JdbcKeyRingStore watching = store.withAccessCheckEvery(Duration.ofNanos(1));
        assertThat(watching.doubts()).isEmpty();
        Postgres.execute(owner, "DROP SCHEMA dkm4j CASCADE");
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql"));

        assertThat(watching.doubts()).singleElement().asString().startsWith("the database enforces nothing");
    }

    @Test
    void databaseWithoutTablesSaysSo() {
        Postgres.execute(owner, "DROP SCHEMA dkm4j CASCADE; CREATE SCHEMA dkm4j");

        assertThat(store.checkAccess())
                .containsExactly("the store's tables are not there: run the shipped script postgresql");
    }
}

package io.github.dkm4j.store.jdbc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.sql.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL itself lets a login role do with the store's tables, asked with plain SQL. */
class PostgresRolesTest {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String ID = "00000000000000aa";
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private static final String DATABASE = Postgres.newDatabase();

    private final DataSource owner = Postgres.source(DATABASE, Postgres.SUPERUSER);
    private final DataSource service = Postgres.source(DATABASE, "svc_mail");
    private final DataSource operator = Postgres.source(DATABASE, "operator");
    private final DataSource stranger = Postgres.source(DATABASE, "stranger");

    @BeforeEach
    void ringWithOneOldKey() throws SQLException {
        Postgres.execute(
                owner,
                "DROP SCHEMA IF EXISTS dkm4j CASCADE; DROP ROLE IF EXISTS svc_mail, operator, stranger, svc_files");
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql"));
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql-roles"));
        Postgres.execute(
                owner,
                "CREATE ROLE svc_mail LOGIN IN ROLE dkm4j_runtime; CREATE ROLE stranger LOGIN;"
                        + " CREATE ROLE operator LOGIN IN ROLE dkm4j_administrator");
        Postgres.execute(owner, "INSERT INTO dkm4j.rings (name) VALUES ('mail')");
        insert(owner, "key-0000000001", ID, key(1, WINDOW));
        age("1 day");
    }

    @Test
    void runtimeRoleReadsKeys() throws SQLException {
        assertThat(slots(service)).containsExactly("key-0000000001");
    }

    @Test
    void runtimeRoleInsertsTheDueSuccessor() throws SQLException {
        insert(service, "key-0000000002", ID, key(2, WINDOW));

        assertThat(slots(service)).containsExactly("key-0000000001", "key-0000000002");
    }

    @Test
    void runtimeRoleStatesItsUse() throws SQLException {
        insert(service, "use-0000000001-" + ID + "-00000000000000bb-0001", "00000000000000bb", "dkm4j use 1\nmac: x\n");

        assertThat(slots(service)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE dkm4j.records SET content = ''",
                "UPDATE dkm4j.records SET stored_at = now()",
                "UPDATE dkm4j.records SET slot = 'key-0000000009'",
                "UPDATE dkm4j.rings SET least_key_interval = '0'",
                "UPDATE dkm4j.rings SET runtime_role = 'stranger'",
                "DELETE FROM dkm4j.records",
                "DELETE FROM dkm4j.rings",
                "TRUNCATE dkm4j.records",
                "TRUNCATE dkm4j.rings CASCADE",
                "INSERT INTO dkm4j.rings (name) VALUES ('own')",
                "INSERT INTO dkm4j.records (ring, slot, id, content, stored_at)"
                        + " SELECT ring, 'key-0000000002', id, content, '2001-01-01' FROM dkm4j.records",
                "INSERT INTO dkm4j.records (ring, slot, id, content, rival)"
                        + " SELECT ring, slot, '00000000000000ab', content, 1 FROM dkm4j.records",
                "ALTER TABLE dkm4j.records DISABLE ROW LEVEL SECURITY",
                "ALTER TABLE dkm4j.records ADD COLUMN more text",
                "DROP TABLE dkm4j.records",
                "DROP POLICY members_read ON dkm4j.records",
                "CREATE POLICY more ON dkm4j.records FOR DELETE USING (true)",
                "CREATE TABLE dkm4j.more (id text)",
                "CREATE TRIGGER more BEFORE INSERT ON dkm4j.records EXECUTE FUNCTION suppress_redundant_updates_trigger()",
                "CREATE OR REPLACE FUNCTION dkm4j.may_runtime_add(in_ring text, in_slot text, in_id text, in_content"
                        + " bytea) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
                "GRANT dkm4j_administrator TO svc_mail",
                "SET ROLE dkm4j_administrator",
                "SET SESSION AUTHORIZATION postgres",
                "SELECT * FROM dkm4j.records FOR UPDATE",
                "BEGIN; LOCK TABLE dkm4j.records IN ACCESS EXCLUSIVE MODE",
            })
    void runtimeRoleIsRefused(String sql) {
        refused(service, sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genesis",
                "policy-0000000002",
                "generation-0002",
                "root-fixed-00000000000000aa",
                "revoked-0000000001-00000000000000aa-0001-0001",
                "destroy-0000000001-00000000000000aa-0001-0001",
                "ended-0000000001-00000000000000aa-0001-0001",
                "accepted-00000000000000aa",
                "key-2",
                "key-00000000002",
                "keys-0000000002"
            })
    void runtimeRoleAddsNoRecordOfAnotherKind(String slot) {
        refusesRecord(service, slot, ID, key(2, WINDOW));
    }

    @Test
    void runtimeRoleAddsOneLiveSuccessorAtMost() throws SQLException {
        insert(service, "key-0000000002", ID, key(2, WINDOW));

        refusesRecord(service, "key-0000000003", ID, key(3, WINDOW));
        age("4 minutes");
        refusesRecord(service, "key-0000000003", ID, key(3, WINDOW));
        age("2 minutes");
        insert(service, "key-0000000003", ID, key(3, WINDOW));
    }

    @Test
    void runtimeRoleAddsNoKeysInQuickSuccessionEvenWithoutAWindow() throws SQLException {
        insert(service, "key-0000000002", ID, key(2, Duration.ZERO));

        refusesRecord(service, "key-0000000003", ID, key(3, Duration.ZERO));
        age("61 seconds");
        insert(service, "key-0000000003", ID, key(3, Duration.ZERO));
    }

    @Test
    void runtimeRoleLeavesNoEpochOut() {
        refusesRecord(service, "key-0000000003", ID, key(3, WINDOW));
        refusesRecord(service, "key-9999999999", ID, key(9_999_999_999L, WINDOW));
    }

    @Test
    void runtimeRoleCannotTakeTheEpochOfAnExistingKey() {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> insert(service, "key-0000000001", "00000000000000ab", key(1, WINDOW)));
    }

    @Test
    void successorMustSayWhatItsPlaceSays() {
        refusesRecord(service, "key-0000000002", ID, key(3, WINDOW));
        refusesRecord(service, "key-0000000002", "00000000000000ab", key(2, WINDOW));
        refusesRecord(service, "key-0000000002", ID, key(2, WINDOW).replace("dkm4j key 1", "dkm4j event 1"));
        refusesRecord(service, "key-0000000002", ID, key(2, WINDOW).replace("activates", "activated"));
        refusesRecord(service, "key-0000000002", ID, key(2, WINDOW).replace("created", "creates"));
        refusesRecord(service, "key-0000000002", ID, "");
        refusesRecord(service, "key-0000000002", ID, "\0");
        refusesRecord(service, "key-0000000002", ID, key(2, WINDOW).replaceAll("created: ....-..", "created: 2026-13"));
    }

    @Test
    void noSuccessorBlocksTheNextOnesForLong() {
        refusesRecord(service, "key-0000000002", ID, key(2, Duration.ofHours(25)));
        refusesRecord(service, "key-0000000002", ID, key(2, Duration.ofMinutes(-1)));
        refusesRecord(service, "key-0000000002", ID, key(2, Instant.now().plus(1, ChronoUnit.HOURS), WINDOW));
    }

    @Test
    void usesAreOfKeysThatThereAreAndLimitedInNumber() throws SQLException {
        Postgres.execute(owner, "UPDATE dkm4j.rings SET most_uses = 3");
        String node = "00000000000000bb";
        refusesRecord(service, "use-0000000009-" + ID + "-" + node + "-0001", node, "dkm4j use 1\n");
        refusesRecord(service, "use-0000000001-00000000000000ff-" + node + "-0001", node, "dkm4j use 1\n");
        refusesRecord(service, "use-0000000001-" + ID + "-" + node + "-0001", "00000000000000bc", "dkm4j use 1\n");
        refused(
                service,
                "INSERT INTO dkm4j.records (ring, slot, id, content) SELECT 'mail', 'use-0000000001-" + ID + "-" + node
                        + "-000' || n, '" + node + "', E'dkm4j use 1\\n'::bytea FROM generate_series(1, 4) n");
        for (int i = 1; i <= 3; i++) {
            insert(service, "use-0000000001-" + ID + "-" + node + "-000" + i, node, "dkm4j use 1\n");
        }
        refusesRecord(service, "use-0000000001-" + ID + "-" + node + "-0004", node, "dkm4j use 1\n");
    }

    @Test
    void oneStatementAddsNoMoreThanManyDo() {
        refused(
                service,
                "INSERT INTO dkm4j.records (ring, slot, id, content) SELECT 'mail', 'key-000000000' || n, '" + ID
                        + "', convert_to(replace('" + key(2, Duration.ZERO)
                        + "', 'epoch: 2', 'epoch: ' || n), 'LATIN1')"
                        + " FROM generate_series(2, 3) n");
    }

    @Test
    void runtimeRoleFillsNoPlaceOfADestroyedKey() throws SQLException {
        insert(operator, "key-0000000002", ID, key(2, Duration.ZERO));
        age("1 day");
        Postgres.execute(operator, "DELETE FROM dkm4j.records WHERE slot = 'key-0000000001'");

        refusesRecord(service, "key-0000000001", ID, key(1, WINDOW));
    }

    @Test
    void roleThatWasDroppedShutsOutItsOwnRingOnly() throws SQLException {
        Postgres.execute(owner, "INSERT INTO dkm4j.rings (name, runtime_role) VALUES ('files', 'no_such_role')");

        assertThat(slots(service)).hasSize(1);
        runtimeRoleInsertsTheDueSuccessor();
    }

    @Test
    void useIsNoWayToStoreAnythingElse() {
        String slot = "use-0000000001-" + ID + "-00000000000000bb-0001";
        refusesRecord(service, slot, "00000000000000bb", "dkm4j key 1\n");
        refusesRecord(service, slot, "00000000000000bb", "dkm4j use 1\n" + "x".repeat(1024));
    }

    @Test
    void strangerSeesNothing() {
        for (String table : List.of("dkm4j.rings", "dkm4j.records")) {
            refused(stranger, "SELECT * FROM " + table);
        }
    }

    @Test
    void memberOfAnotherRingsGroupSeesNoRecordAndAddsNone() throws SQLException {
        Postgres.execute(
                owner,
                "CREATE ROLE svc_files LOGIN IN ROLE dkm4j_client; INSERT INTO dkm4j.rings (name, runtime_role)"
                        + " VALUES ('files', 'svc_files')");
        DataSource other = Postgres.source(DATABASE, "svc_files");

        assertThat(slots(other)).isEmpty();
        assertThat(slots(service)).hasSize(1);
        refusesRecord(other, "key-0000000002", ID, key(2, WINDOW));
        assertThatCode(() -> insert(other, "files", "key-0000000001", ID, key(1, WINDOW)))
                .doesNotThrowAnyException();
        assertThat(slots(service)).hasSize(1);
    }

    @Test
    void removalFromTheGroupCountsWithTheNextStatement() throws SQLException {
        try (Connection connection = service.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT * FROM dkm4j.records").close();
            Postgres.execute(owner, "REVOKE dkm4j_runtime FROM svc_mail");

            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> statement.executeQuery("SELECT * FROM dkm4j.records"))
                    .matches(e -> INSUFFICIENT_PRIVILEGE.equals(e.getSQLState()));
        }
    }

    @Test
    void restorerIsLentAndAddsRecordsOfAnyKindUntilItIsTakenBack() throws SQLException {
        Postgres.execute(owner, "GRANT dkm4j_restorer TO svc_mail");
        insert(service, "revoked-0000000001-" + ID + "-0001-0001", "00000000000000cc", "dkm4j event 1\n");
        Postgres.execute(owner, "REVOKE dkm4j_restorer FROM svc_mail");

        refusesRecord(service, "revoked-0000000001-" + ID + "-0001-0002", "00000000000000cd", "dkm4j event 1\n");
        refused(service, "DELETE FROM dkm4j.records");
    }

    @Test
    void administratorAddsAndDeletesButChangesNothing() throws SQLException {
        insert(operator, "revoked-0000000001-" + ID + "-0001-0001", "00000000000000cc", "dkm4j event 1\n");
        insert(operator, "key-0000000002", ID, key(2, Duration.ZERO));
        insert(operator, "key-0000000003", ID, key(3, Duration.ZERO));
        Postgres.execute(operator, "DELETE FROM dkm4j.records WHERE slot = 'key-0000000001'");

        assertThat(slots(operator)).hasSize(3);
        for (String sql : List.of(
                "UPDATE dkm4j.records SET content = ''",
                "UPDATE dkm4j.rings SET runtime_role = 'stranger'",
                "DELETE FROM dkm4j.rings",
                "TRUNCATE dkm4j.records",
                "INSERT INTO dkm4j.records (ring, slot, id, content, stored_at)"
                        + " SELECT ring, 'key-0000000009', id, content, '2001-01-01' FROM dkm4j.records")) {
            refused(operator, sql);
        }
    }

    @Test
    void rolesScriptMayBeRunAgain() throws SQLException {
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql-roles"));

        runtimeRoleInsertsTheDueSuccessor();
    }

    @Test
    void objectsOfTheCallersOwnDoNotStandInForTheDatabases() throws SQLException {
        try (Connection connection = service.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE records (ring text, slot text, stored_at timestamptz, content bytea)");
            statement.execute("CREATE FUNCTION pg_temp.pg_has_role(name, text) RETURNS boolean LANGUAGE sql AS"
                    + " 'SELECT true'");
            statement.execute("SET search_path = pg_temp, dkm4j, pg_catalog");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> statement.execute("INSERT INTO dkm4j.records (ring, slot, id, content)"
                            + " VALUES ('mail', 'genesis', 'aa', '')"))
                    .matches(e -> INSUFFICIENT_PRIVILEGE.equals(e.getSQLState()));
        }
    }

    static void refused(DataSource who, String sql) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> {
                    try (Connection connection = who.getConnection();
                            Statement statement = connection.createStatement()) {
                        statement.execute(sql);
                    }
                })
                .as(sql)
                .matches(e -> INSUFFICIENT_PRIVILEGE.equals(e.getSQLState()), "is refused by the database");
    }

    static void refusesRecord(DataSource who, String slot, String id, String content) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> insert(who, slot, id, content))
                .as(slot)
                .matches(e -> INSUFFICIENT_PRIVILEGE.equals(e.getSQLState()), "is refused by the database");
    }

    static void insert(DataSource who, String slot, String id, String content) throws SQLException {
        insert(who, "mail", slot, id, content);
    }

    private static void insert(DataSource who, String ring, String slot, String id, String content)
            throws SQLException {
        try (Connection connection = who.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO dkm4j.records (ring, slot, id, content) VALUES (?, ?, ?, ?)")) {
            insert.setString(1, ring);
            insert.setString(2, slot);
            insert.setString(3, id);
            insert.setBytes(4, content.getBytes(US_ASCII));
            insert.executeUpdate();
        }
    }

    static List<String> slots(DataSource who) throws SQLException {
        try (Connection connection = who.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT slot FROM dkm4j.records ORDER BY slot")) {
            List<String> slots = new java.util.ArrayList<>();
            while (result.next()) {
                slots.add(result.getString(1));
            }
            return slots;
        }
    }

    /** Lets time pass: what was stored was stored earlier. */
    private void age(String interval) {
        Postgres.execute(owner, "UPDATE dkm4j.records SET stored_at = stored_at - interval '" + interval + "'");
    }

    private static String key(long epoch, Duration window) {
        return key(epoch, Instant.now(), window);
    }

    private static String key(long epoch, Instant created, Duration window) {
        return "dkm4j key 1\nring-id: 00\nprevious: 00\ngeneration: 1\nepoch: " + epoch + "\nkey-id: " + ID
                + "\ncreated: "
                + created.truncatedTo(ChronoUnit.MILLIS) + "\nactivates: "
                + created.plus(window).truncatedTo(ChronoUnit.MILLIS) + "\nwrapped: AAAA\nmac: AAAA\n";
    }
}

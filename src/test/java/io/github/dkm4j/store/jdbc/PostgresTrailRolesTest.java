package io.github.dkm4j.store.jdbc;

import static io.github.dkm4j.store.jdbc.PostgresRolesTest.insert;
import static io.github.dkm4j.store.jdbc.PostgresRolesTest.refused;
import static io.github.dkm4j.store.jdbc.PostgresRolesTest.refusesRecord;
import static io.github.dkm4j.store.jdbc.PostgresRolesTest.slots;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.sql.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL itself lets a login role do with what audit trails put into the store, asked with plain SQL. */
class PostgresTrailRolesTest {
    private static final String ID = "00000000000000aa";
    private static final String OTHER_ID = "00000000000000ab";
    private static final String TRAIL = "audit-" + ID;
    private static final String FIRST = TRAIL + "-0000000000000000000";
    private static final String KEY = "dkm4j/mail/" + ID + "+01020304+AAAA";
    private static final String CHECKPOINT = "dkm4j/mail/" + ID + "\n0\nAAAA\ntime 2026-01-01T00:00:00Z\n";

    private static final String DATABASE = Postgres.newDatabase();

    private final DataSource owner = Postgres.source(DATABASE, Postgres.SUPERUSER);
    private final DataSource service = Postgres.source(DATABASE, "svc_mail");
    private final DataSource operator = Postgres.source(DATABASE, "operator");

    @BeforeEach
    void emptyRing() {
        Postgres.execute(owner, "DROP SCHEMA IF EXISTS dkm4j CASCADE; DROP ROLE IF EXISTS svc_mail, operator");
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql"));
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql-roles"));
        Postgres.execute(
                owner,
                "CREATE ROLE svc_mail LOGIN IN ROLE dkm4j_runtime;"
                        + " CREATE ROLE operator LOGIN IN ROLE dkm4j_administrator;"
                        + " INSERT INTO dkm4j.rings (name) VALUES ('mail')");
    }

    @Test
    void runtimeRoleAddsItsTrailsKeyAndCheckpoints() throws SQLException {
        insert(service, TRAIL, ID, KEY);
        insert(service, FIRST, ID, CHECKPOINT);
        insert(service, TRAIL + "-9223372036854775807", ID, CHECKPOINT + "x".repeat(2048 - CHECKPOINT.length()));

        assertThat(slots(service)).containsExactly(TRAIL, FIRST, TRAIL + "-9223372036854775807");
    }

    @Test
    void administratorAddsThemToo() throws SQLException {
        insert(operator, TRAIL, ID, KEY);
        insert(operator, FIRST, ID, CHECKPOINT);

        assertThat(slots(operator)).containsExactly(TRAIL, FIRST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "audit",
                "audit-",
                "audit-00000000000000a",
                "audit-00000000000000AA",
                "audit-00000000000000ag",
                "audit-00000000000000aaa",
                TRAIL + "-",
                TRAIL + "-1",
                TRAIL + "-000000000000000000",
                TRAIL + "-00000000000000000000",
                TRAIL + "-000000000000000000a",
                FIRST + "-0000000000000000000",
                FIRST + "\n",
                "x" + FIRST
            })
    void placesOfAnotherShapeAreRefused(String slot) {
        refusesRecord(service, slot, ID, KEY);
        refusesRecord(service, slot, ID, CHECKPOINT);
    }

    @Test
    void idMustBeTheTrails() {
        refusesRecord(service, TRAIL, OTHER_ID, KEY);
        refusesRecord(service, TRAIL, OTHER_ID, KEY.replace(ID, OTHER_ID));
        refusesRecord(service, FIRST, OTHER_ID, CHECKPOINT);
        refusesRecord(service, FIRST, "", CHECKPOINT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\0",
                "dkm4j/mail/" + ID,
                "dkm4j/mail/" + ID + " ",
                "dkm4j/mail/" + OTHER_ID + "+",
                "dkm4j/mail/" + OTHER_ID + "\n",
                "dkm4j/files/" + ID + "+",
                "dkm4j/files/" + ID + "\n",
                "dkm4j/mai/" + ID + "+",
                "\ndkm4j/mail/" + ID + "\n",
                "dkm4j key 1\n",
            })
    void bodyMustBeginWithTheNameOfRingAndTrail(String body) {
        refusesRecord(service, TRAIL, ID, body);
        refusesRecord(service, FIRST, ID, body);
    }

    @Test
    void keysAndCheckpointsDoNotTakeEachOthersPlaces() {
        refusesRecord(service, TRAIL, ID, CHECKPOINT);
        refusesRecord(service, FIRST, ID, KEY);
    }

    @Test
    void theyAreNoLongerThan2048Bytes() {
        refusesRecord(service, TRAIL, ID, KEY + "x".repeat(2049 - KEY.length()));
        refusesRecord(service, FIRST, ID, CHECKPOINT + "x".repeat(2049 - CHECKPOINT.length()));
    }

    @Test
    void eachTrailHasSoManyAndNoMore() throws SQLException {
        Postgres.execute(owner, "UPDATE dkm4j.rings SET most_checkpoints = 3");
        refused(
                service,
                "INSERT INTO dkm4j.records (ring, slot, id, content) SELECT 'mail', '" + TRAIL
                        + "-000000000000000000' || n, '" + ID + "', E'dkm4j/mail/" + ID
                        + "\\n'::bytea FROM generate_series(1, 4) n");
        insert(service, TRAIL, ID, KEY);
        insert(service, FIRST, ID, CHECKPOINT);
        insert(service, TRAIL + "-0000000000000000001", ID, CHECKPOINT);

        refusesRecord(service, TRAIL + "-0000000000000000002", ID, CHECKPOINT);
        insert(service, "audit-" + OTHER_ID, OTHER_ID, KEY.replace(ID, OTHER_ID));
        insert(operator, TRAIL + "-0000000000000000002", ID, CHECKPOINT);
    }

    @Test
    void whatIsThereKeepsItsPlace() throws SQLException {
        insert(service, FIRST, ID, CHECKPOINT);

        for (DataSource who : new DataSource[] {service, operator}) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> insert(who, FIRST, ID, CHECKPOINT))
                    .matches(e -> "23505".equals(e.getSQLState()), "is a violation of a constraint");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE dkm4j.records SET content = ''",
                "UPDATE dkm4j.records SET stored_at = now()",
                "UPDATE dkm4j.records SET slot = '" + TRAIL + "-0000000000000000009'",
                "UPDATE dkm4j.rings SET most_checkpoints = 1000000",
                "DELETE FROM dkm4j.records",
                "INSERT INTO dkm4j.records (ring, slot, id, content) SELECT ring, slot, id, '' FROM dkm4j.records"
                        + " ON CONFLICT (ring, slot, id) DO UPDATE SET content = excluded.content",
                "INSERT INTO dkm4j.records (ring, slot, id, content, stored_at) SELECT ring, '" + TRAIL
                        + "-0000000000000000009', id, content, '2001-01-01' FROM dkm4j.records",
                "INSERT INTO dkm4j.records (ring, slot, id, content, rival)" + " SELECT ring, slot, '" + OTHER_ID
                        + "', content, 1 FROM dkm4j.records",
            })
    void runtimeRoleNeitherChangesNorDeletesThem(String sql) throws SQLException {
        insert(service, FIRST, ID, CHECKPOINT);

        refused(service, sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE dkm4j.records SET content = ''",
                "UPDATE dkm4j.records SET slot = 'key-0000000001'",
                "UPDATE dkm4j.rings SET most_checkpoints = 1000000",
                "TRUNCATE dkm4j.records",
            })
    void administratorDoesNotChangeThem(String sql) throws SQLException {
        insert(service, FIRST, ID, CHECKPOINT);

        refused(operator, sql);
    }

    @Test
    void administratorDeletesOtherRecordsOnly() throws SQLException {
        insert(service, TRAIL, ID, KEY);
        insert(service, FIRST, ID, CHECKPOINT);
        insert(operator, "key-0000000001", ID, "dkm4j key 1\n");
        insert(operator, "auditor", ID, "");

        Postgres.execute(operator, "DELETE FROM dkm4j.records");

        assertThat(slots(operator)).containsExactly(TRAIL, FIRST);
    }

    @Test
    void statementOfTheDocumentDeletesOldCheckpointsButTheNewestOfEachTrail() throws SQLException, IOException {
        String old = "audit-" + OTHER_ID;
        insert(owner, old, OTHER_ID, KEY);
        insert(owner, old + "-0000000000000000001", OTHER_ID, CHECKPOINT);
        insert(owner, old + "-0000000000000000002", OTHER_ID, CHECKPOINT);
        insert(owner, TRAIL, ID, KEY);
        insert(owner, FIRST, ID, CHECKPOINT);
        insert(owner, "key-0000000001", ID, "dkm4j key 1\n");
        Postgres.execute(owner, "UPDATE dkm4j.records SET stored_at = now() - interval '2 years'");
        insert(owner, TRAIL + "-0000000000000000001", ID, CHECKPOINT);
        insert(owner, TRAIL + "-0000000000000000002", ID, CHECKPOINT);
        String document = Files.readString(Path.of("docs/sql-store.md"));
        int start = document.indexOf("DELETE FROM dkm4j.records");

        Postgres.execute(owner, document.substring(start, document.indexOf("```", start)));

        assertThat(slots(owner))
                .containsExactly(
                        TRAIL,
                        TRAIL + "-0000000000000000001",
                        TRAIL + "-0000000000000000002",
                        old,
                        old + "-0000000000000000002",
                        "key-0000000001");
    }
}

package io.github.dkm4j.store.jdbc;

import static io.github.dkm4j.store.jdbc.PostgresRolesTest.insert;
import static io.github.dkm4j.store.jdbc.PostgresRolesTest.refused;
import static io.github.dkm4j.store.jdbc.PostgresRolesTest.refusesRecord;
import static io.github.dkm4j.store.jdbc.PostgresRolesTest.slots;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.sql.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
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
    private static final String KEY = "dkm4j/mail/" + ID + "+01020304+AAAA";
    private static final String CHECKPOINT = checkpoint(ID, "0");
    private static final String FIRST = place(ID, 0, CHECKPOINT);

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
        String other = CHECKPOINT + "other";
        insert(service, place(ID, 0, other), ID, other);
        String many = checkpoint(ID, "999999999999999999");
        String longest = many + "x".repeat(2048 - many.length());
        insert(service, place(ID, 999999999999999999L, longest), ID, longest);

        assertThat(slots(service))
                .containsExactlyInAnyOrder(TRAIL, FIRST, place(ID, 0, other), place(ID, 999999999999999999L, longest));
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
                TRAIL + "-0000000000000000000",
                TRAIL + "-0000000000000000000-",
                TRAIL + "--00000000000000aa",
                TRAIL + "-00000000000000aa"
            })
    void placesOfAnotherShapeAreRefused(String slot) {
        refusesRecord(service, slot, ID, KEY);
        refusesRecord(service, slot, ID, CHECKPOINT);
    }

    @Test
    void checkpointsHaveTheirOwnPlacesOnly() {
        String other = CHECKPOINT + "other";
        for (String slot : List.of(
                FIRST + "\n",
                "x" + FIRST,
                FIRST + "0",
                FIRST + "-000",
                FIRST.substring(0, FIRST.length() - 1),
                FIRST.substring(0, 43) + FIRST.substring(43).toUpperCase(Locale.ROOT),
                TRAIL + "-000000000000000000" + FIRST.substring(42),
                TRAIL + "-00000000000000000000" + FIRST.substring(42),
                TRAIL + "-000000000000000000a" + FIRST.substring(42),
                place(ID, 1, CHECKPOINT),
                place(ID, 1000, CHECKPOINT),
                place(ID, 9223372036854775807L, CHECKPOINT),
                place(ID, 0, other))) {
            refusesRecord(service, slot, ID, CHECKPOINT);
        }
        refusesRecord(service, FIRST, ID, other);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "00",
                "01",
                "-1",
                "+1",
                " 1",
                "1 ",
                "1x",
                "1.0",
                "1e0",
                "0x1",
                "\n1",
                "1000000000000000000"
            })
    void theirSecondLineIsANumber(String line) {
        String content = checkpoint(ID, line);

        for (long number : new long[] {0, 1, 1000000000000000000L}) {
            refusesRecord(service, place(ID, number, content), ID, content);
        }
        String cut = "dkm4j/mail/" + ID + "\n1";
        refusesRecord(service, place(ID, 1, cut), ID, cut);
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
        String content = body + "0\nAAAA\n";
        refusesRecord(service, place(ID, 0, content), ID, content);
    }

    @Test
    void keysAndCheckpointsDoNotTakeEachOthersPlaces() {
        refusesRecord(service, TRAIL, ID, CHECKPOINT);
        refusesRecord(service, place(ID, 0, KEY), ID, KEY);
        String key = KEY + "\n0\n";
        refusesRecord(service, place(ID, 0, key), ID, key);
    }

    @Test
    void theyAreNoLongerThan2048Bytes() {
        refusesRecord(service, TRAIL, ID, KEY + "x".repeat(2049 - KEY.length()));
        String checkpoint = CHECKPOINT + "x".repeat(2049 - CHECKPOINT.length());
        refusesRecord(service, place(ID, 0, checkpoint), ID, checkpoint);
    }

    @Test
    void eachTrailHasSoManyAndNoMore() throws SQLException {
        Postgres.execute(owner, "UPDATE dkm4j.rings SET most_checkpoints = 3");
        refused(service, addition(ID, 4));
        insert(service, TRAIL, ID, KEY);
        insert(service, FIRST, ID, CHECKPOINT);
        String second = checkpoint(ID, "1");
        insert(service, place(ID, 1, second), ID, second);

        String third = checkpoint(ID, "2");
        refusesRecord(service, place(ID, 2, third), ID, third);
        insert(service, "audit-" + OTHER_ID, OTHER_ID, KEY.replace(ID, OTHER_ID));
        insert(operator, place(ID, 2, third), ID, third);
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
                "UPDATE dkm4j.records SET slot = '" + TRAIL + "-0000000000000000009-00000000000000aa'",
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
        insert(owner, "audit-" + OTHER_ID, OTHER_ID, KEY);
        insert(owner, TRAIL, ID, KEY);
        insert(owner, FIRST, ID, CHECKPOINT);
        insert(owner, "key-0000000001", ID, "dkm4j key 1\n");
        Postgres.execute(owner, "UPDATE dkm4j.records SET stored_at = now() - interval '3 years'");
        Postgres.execute(owner, addition(OTHER_ID, 103));
        // The higher the number, the older.
        Postgres.execute(
                owner,
                "UPDATE dkm4j.records SET stored_at = now() - interval '2 years' - substring(slot, 24, 19)::int"
                        + " * interval '1 minute' WHERE slot LIKE 'audit-" + OTHER_ID + "-%'");
        Postgres.execute(owner, addition(ID, 99));
        List<String> before = slots(owner);
        String document = Files.readString(Path.of("docs/sql-store.md"));
        int start = document.indexOf("DELETE FROM dkm4j.records");

        Postgres.execute(owner, document.substring(start, document.indexOf("```", start)));

        List<String> deleted = new ArrayList<>(before);
        deleted.removeAll(slots(owner));
        assertThat(deleted)
                .extracting(slot -> slot.substring(0, 42))
                .containsExactly(
                        "audit-" + OTHER_ID + "-0000000000000000101",
                        "audit-" + OTHER_ID + "-0000000000000000102",
                        "audit-" + OTHER_ID + "-0000000000000000103");
    }

    private static String checkpoint(String id, String size) {
        return "dkm4j/mail/" + id + "\n" + size + "\nAAAA\ntime 2026-01-01T00:00:00Z\n";
    }

    private static String place(String id, long size, String content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(US_ASCII));
            return String.format(
                    Locale.ROOT, "audit-%s-%019d-%s", id, size, HexFormat.of().formatHex(digest, 0, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds checkpoints of 1, 2, 3 and so on records. */
    private static String addition(String id, int most) {
        return "INSERT INTO dkm4j.records (ring, slot, id, content) SELECT 'mail', 'audit-" + id
                + "-' || lpad(n::text, 19, '0') || '-' || left(encode(sha256(body), 'hex'), 16), '" + id + "', body"
                + " FROM generate_series(1, " + most + ") n CROSS JOIN LATERAL (SELECT ('dkm4j/mail/" + id
                + "' || E'\\n' || n || E'\\n')::bytea AS body) bodies";
    }
}

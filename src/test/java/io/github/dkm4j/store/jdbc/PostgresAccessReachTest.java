package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.sql.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Roles that reach the records by way of a grantor that is gone, the database, all of its data, or the server's files. */
class PostgresAccessReachTest extends PostgresAccessTestCase {
    private static final String NOT_SHIPPED = " is not of the shipped scripts: ";

    @BeforeEach
    void others() {
        Postgres.execute(owner, "CREATE ROLE app LOGIN; CREATE ROLE dba");
    }

    @AfterEach
    void dropOthers() {
        Postgres.execute(
                owner,
                "ALTER DATABASE postgres OWNER TO postgres; REASSIGN OWNED BY app TO postgres; DROP OWNED BY app, dba;"
                        + " DROP ROLE app, dba");
    }

    @Test
    void memberWhoseGrantorIsGoneIsFoundWhoeverElseIsAccepted() throws SQLException {
        Postgres.execute(
                owner,
                "CREATE ROLE mole LOGIN; GRANT dkm4j_administrator TO mole WITH ADMIN OPTION; CREATE ROLE backup");
        Postgres.execute(as("mole"), "GRANT dkm4j_administrator TO stranger");
        if (grantorsStay()) {
            assertThatThrownBy(() -> Postgres.execute(owner, "DROP ROLE mole")).hasStackTraceContaining("depend");
            Postgres.execute(owner, "DROP OWNED BY mole; DROP ROLE mole, backup");
            assertThat(store.checkAccess()).isEmpty();
            return;
        }
        Postgres.execute(owner, "DROP ROLE mole");
        Postgres.execute(as("stranger"), "DELETE FROM dkm4j.records");

        List<String> found = store.checkAccess();
        accept("mole, ops, backup, postgres, svc_mail, dkm4j_administrator");
        List<String> othersAccepted = store.checkAccess();
        accept("stranger");
        List<String> accepted = store.checkAccess();
        accept("backup");
        Postgres.execute(owner, "REVOKE dkm4j_administrator FROM stranger; DROP ROLE backup");

        assertThat(found)
                .containsExactly("role stranger, member of dkm4j_administrator (granted by a role that is gone)"
                        + NOT_SHIPPED + "REVOKE dkm4j_administrator FROM stranger, and GRANT it anew if it is to stay,"
                        + " or accept stranger in the comment on schema dkm4j");
        assertThat(othersAccepted).isEqualTo(found);
        assertThat(accepted).isEmpty();
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void scriptMayHaveBeenRunByARoleThatIsGone() throws SQLException {
        Postgres.execute(owner, "CREATE ROLE installer LOGIN; GRANT dkm4j_client TO installer WITH ADMIN OPTION");
        Postgres.execute(owner, "REVOKE dkm4j_client FROM dkm4j_restorer");
        Postgres.execute(as("installer"), "GRANT dkm4j_client TO dkm4j_restorer");
        if (grantorsStay()) {
            Postgres.execute(owner, "DROP OWNED BY installer; GRANT dkm4j_client TO dkm4j_restorer");
        }
        Postgres.execute(owner, "DROP ROLE installer");

        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void ownerOfTheDatabaseAndItsMembersAreFoundUntilTheyAreAcceptedEachOrItIsGivenAway() {
        Postgres.execute(owner, "ALTER DATABASE postgres OWNER TO app; GRANT app TO dba; GRANT dba TO svc_mail");
        String ofTheOwner = "role app, owner of the database (it can drop the database)" + NOT_SHIPPED
                + "ALTER DATABASE postgres OWNER TO postgres, or accept app in the comment on schema dkm4j";

        assertThat(store.checkAccess())
                .containsExactlyInAnyOrder(ofTheOwner, ofTheDatabase("dba"), ofTheDatabase("svc_mail"));
        assertThat(JdbcKeyRingStore.of(as("ops")).checkAccess()).hasSize(3);
        accept("dba");
        assertThat(store.checkAccess()).containsExactlyInAnyOrder(ofTheOwner, ofTheDatabase("svc_mail"));
        accept("app");
        assertThat(store.checkAccess()).containsExactlyInAnyOrder(ofTheDatabase("dba"), ofTheDatabase("svc_mail"));
        accept("nobody");
        Postgres.execute(owner, "ALTER DATABASE postgres OWNER TO postgres");
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void ownerOfTheDatabaseThatOwnsTheTablesIsNoFindingAndItsMembersAreFoundOnce() {
        Postgres.execute(owner, "ALTER DATABASE postgres OWNER TO app; GRANT app TO stranger");
        ownedBy("app");

        assertThat(store.checkAccess()).containsExactly(ofTheTables("stranger"));
    }

    @Test
    void whoeverOwnsTheTablesAsOwnerOfTheDatabaseIsTheirOwner() {
        Postgres.execute(owner, "ALTER DATABASE postgres OWNER TO app; GRANT app TO stranger");
        ownedBy("pg_database_owner");
        Postgres.execute(as("stranger"), "UPDATE dkm4j.rings SET created_at = 'epoch'");
        assertThat(store.checkAccess()).containsExactly(ofTheTables("stranger"));

        Postgres.execute(owner, "REVOKE app FROM stranger; GRANT dkm4j_client TO app");
        accept("app");
        assertThat(store.checkAccess())
                .singleElement()
                .asString()
                .startsWith("role app, owner of the tables (in dkm4j_client, and bound by no policy)");
    }

    @Test
    void groupRoleThatOwnsTheDatabaseIsNotThereToBeAccepted() {
        Postgres.execute(owner, "ALTER DATABASE postgres OWNER TO dkm4j_administrator");
        accept("dkm4j_administrator, ops");

        assertThat(store.checkAccess())
                .containsExactly("role dkm4j_administrator, owner of the database (it can drop the database)"
                        + NOT_SHIPPED + "ALTER DATABASE postgres OWNER TO postgres");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_read_file(text)",
                "pg_read_file(text, bigint, bigint, boolean)",
                "pg_read_binary_file(text)",
                "lo_import(text)",
                "lo_import(text, oid)",
                "lo_export(oid, text)"
            })
    void functionThatReachesTheServersFilesIsFoundWhoeverMayRunIt(String function) {
        String grant = "GRANT EXECUTE ON FUNCTION pg_catalog." + function + " TO ";
        String revoke = "REVOKE EXECUTE ON FUNCTION pg_catalog." + function + " FROM ";

        Postgres.execute(owner, grant + "PUBLIC");
        accept("PUBLIC, stranger");
        assertThat(store.checkAccess())
                .containsExactly("function " + function + ", EXECUTE for PUBLIC (it reaches the server's files)"
                        + NOT_SHIPPED + revoke + "PUBLIC");
        Postgres.execute(owner, revoke + "PUBLIC;" + grant + "dba; GRANT dba TO svc_mail");
        assertThat(JdbcKeyRingStore.of(as("ops")).checkAccess())
                .containsExactly(
                        "role dba, EXECUTE of " + function + " (granted, and it reaches the server's files)"
                                + NOT_SHIPPED + revoke + "dba, or accept dba in the comment on schema dkm4j",
                        "role svc_mail, EXECUTE of " + function
                                + " (granted to dba, and it reaches the server's files)" + NOT_SHIPPED + revoke
                                + "dba, or accept svc_mail in the comment on schema dkm4j");
        accept("dba, svc_mail");
        assertThat(store.checkAccess()).isEmpty();
        accept("nobody");
        Postgres.execute(owner, revoke + "dba");
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void readersOfTheServersFilesAndTheOwnerAreNotReportedForItsFunctionsToo() {
        ownedBy("app");
        Postgres.execute(
                owner,
                "GRANT pg_read_server_files TO stranger; GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO"
                        + " stranger, app");
        List<String> findings = store.checkAccess();
        Postgres.execute(owner, "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) FROM stranger, app");

        assertThat(findings).singleElement().asString().startsWith("role stranger, member of pg_read_server_files (");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stranger", "svc_mail", "ops"})
    void whoMayReadOrWriteEverythingIsFoundWhateverElseItIs(String role) {
        Postgres.execute(owner, "GRANT pg_read_all_data TO dba; GRANT dba, pg_write_all_data TO " + role);
        assertThat(store.checkAccess())
                .anyMatch(finding -> finding.startsWith("role " + role + ", member of pg_read_all_data (which may read"
                        + " everything, statistics of the records too)" + NOT_SHIPPED + "REVOKE"))
                .anyMatch(finding -> finding.startsWith("role " + role + ", member of pg_write_all_data (which may"
                        + " write everything)" + NOT_SHIPPED + "REVOKE"))
                .anyMatch(finding -> finding.startsWith("role dba, member of pg_read_all_data ("))
                .hasSize(3);

        accept("dba, " + role);
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void readerOfEverythingWhomNoRowSecurityBindsIsFoundForBoth() {
        Postgres.execute(owner, "GRANT pg_read_all_data TO stranger; ALTER ROLE stranger BYPASSRLS");

        assertThat(store.checkAccess())
                .satisfiesExactly(
                        finding -> assertThat(finding)
                                .isEqualTo(
                                        "role stranger, BYPASSRLS (in pg_read_all_data, and so it reaches every ring)"
                                                + NOT_SHIPPED
                                                + "ALTER ROLE stranger NOBYPASSRLS, or accept it in the comment on"
                                                + " schema dkm4j"),
                        finding -> assertThat(finding)
                                .startsWith("role stranger, member of pg_read_all_data (which may read everything,"));
        Postgres.execute(owner, "ALTER ROLE stranger NOBYPASSRLS; REVOKE pg_read_all_data FROM stranger");
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void serviceThatMayRunTheServersFunctionsReadsItsFilesAndIsFound() {
        Postgres.execute(owner, "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO dkm4j_client");
        Postgres.execute(as("svc_mail"), "SELECT pg_read_file('PG_VERSION')");
        accept("dkm4j_client, dkm4j_runtime, dkm4j_restorer, dkm4j_administrator, ops, files_services, svc_files");
        List<String> findings = store.checkAccess();
        Postgres.execute(owner, "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) FROM dkm4j_client");

        assertThat(findings)
                .hasSize(5)
                .contains(
                        "role dkm4j_client, EXECUTE of pg_read_file(text) (granted, and it reaches the server's files)"
                                + NOT_SHIPPED
                                + "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) FROM dkm4j_client")
                .anyMatch(finding -> finding.startsWith("role svc_mail, EXECUTE of pg_read_file(text) (granted to"));
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void statisticsHoldNoContentOfNewTablesAndNoneOfOldOnesAfterWhatTheDocumentSays() throws IOException, SQLException {
        Postgres.execute(
                owner,
                "GRANT pg_read_all_data TO stranger; INSERT INTO dkm4j.records (ring, slot, id, content)"
                        + " VALUES ('mail', 'slot', '1', 'secret');"
                        + " ANALYZE dkm4j.records");
        assertThat(statisticsOfContent()).isZero();

        Postgres.execute(
                owner, "ALTER TABLE dkm4j.records ALTER COLUMN content SET STATISTICS 100; ANALYZE dkm4j.records");
        assertThat(statisticsOfContent()).isOne();

        String document = Files.readString(Path.of("docs/sql-store.md"));
        int removal = document.indexOf("DELETE FROM pg_statistic");
        Postgres.execute(
                owner,
                "ALTER TABLE dkm4j.records ALTER COLUMN content SET STATISTICS 0;"
                        + document.substring(removal, document.indexOf(";", removal)) + "; ANALYZE dkm4j.records");
        assertThat(statisticsOfContent()).isZero();
    }

    private static int statisticsOfContent() throws SQLException {
        try (Connection connection = as("stranger").getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM pg_statistic s JOIN pg_attribute a"
                        + " ON a.attrelid = s.starelid AND a.attnum = s.staattnum"
                        + " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = 'dkm4j' AND c.relname = 'records' AND a.attname = 'content'")) {
            result.next();
            return result.getInt(1);
        }
    }

    private void ownedBy(String role) {
        Postgres.execute(
                owner,
                ("ALTER SCHEMA dkm4j OWNER TO %1$s; ALTER TABLE dkm4j.rings OWNER TO %1$s; ALTER TABLE dkm4j.records OWNER TO"
                                + " %1$s; ALTER FUNCTION dkm4j.window_of(bytea) OWNER TO %1$s; ALTER FUNCTION"
                                + " dkm4j.instant_in(text, text) OWNER TO %1$s; ALTER FUNCTION"
                                + " dkm4j.may_runtime_add(text, text, text, bytea) OWNER TO %1$s")
                        .formatted(role));
    }

    private static String ofTheDatabase(String role) {
        return member(role, "the owner of the database");
    }

    private static String ofTheTables(String role) {
        return member(role, "the owner of the tables");
    }

    private static String member(String role, String why) {
        return "role " + role + ", member of app (" + why + ")" + NOT_SHIPPED + "REVOKE app FROM " + role
                + " or from the role between them, or accept " + role + " in the comment on schema dkm4j";
    }

    private void accept(String names) {
        Postgres.execute(owner, "COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: " + names + "'");
    }

    /** Since PostgreSQL 16 a role is not dropped while its grants are there. */
    private boolean grantorsStay() throws SQLException {
        try (Connection connection = owner.getConnection()) {
            return connection.getMetaData().getDatabaseMajorVersion() >= 16;
        }
    }
}

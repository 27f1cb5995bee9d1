package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dkm4j.sql.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roles that reach the tables without a privilege on them, and the list of those that an operator accepts. */
class PostgresAccessPowersTest extends PostgresAccessTestCase {
    private static final String NOT_SHIPPED = " is not of the shipped scripts: ";
    private static final String OR_ACCEPT = ", or accept it in the comment on schema dkm4j";

    @BeforeEach
    void others() {
        Postgres.execute(
                owner,
                "CREATE ROLE keeper LOGIN; CREATE ROLE dba; CREATE ROLE backup LOGIN; CREATE ROLE \"a, B\" LOGIN;"
                        + " GRANT CREATE ON DATABASE postgres TO keeper");
    }

    @AfterEach
    void dropOthers() {
        String roles = "keeper, dba, backup, \"a, B\"";
        Postgres.execute(owner, "REASSIGN OWNED BY keeper TO postgres; DROP OWNED BY " + roles);
        Postgres.execute(owner, "DROP ROLE " + roles);
    }

    static Stream<Arguments> powers() {
        return Stream.of(
                arguments(
                        "ALTER ROLE stranger REPLICATION",
                        "role stranger, REPLICATION (it can copy the whole server)" + NOT_SHIPPED
                                + "ALTER ROLE stranger NOREPLICATION" + OR_ACCEPT,
                        "ALTER ROLE stranger NOREPLICATION"),
                arguments(
                        "ALTER ROLE stranger BYPASSRLS",
                        "role stranger, BYPASSRLS (no row security binds it)" + NOT_SHIPPED
                                + "ALTER ROLE stranger NOBYPASSRLS" + OR_ACCEPT,
                        "ALTER ROLE stranger NOBYPASSRLS"),
                arguments(
                        "GRANT pg_read_server_files TO stranger",
                        member("stranger", "pg_read_server_files", "which reaches the server's files"),
                        "REVOKE pg_read_server_files FROM stranger"),
                arguments(
                        "GRANT pg_write_server_files TO stranger",
                        member("stranger", "pg_write_server_files", "which reaches the server's files"),
                        "REVOKE pg_write_server_files FROM stranger"),
                arguments(
                        "GRANT pg_execute_server_program TO stranger",
                        member("stranger", "pg_execute_server_program", "which reaches the server's files"),
                        "REVOKE pg_execute_server_program FROM stranger"),
                arguments(
                        "GRANT postgres TO stranger",
                        member("stranger", "postgres", "which is SUPERUSER"),
                        "REVOKE postgres FROM stranger"));
    }

    @ParameterizedTest
    @MethodSource("powers")
    void powerOfARoleOutsideTheGroupsIsFoundUntilItIsTakenAway(String attack, String finding, String remedy) {
        Postgres.execute(owner, attack);

        assertThat(store.checkAccess()).containsExactly(finding);
        assertThat(JdbcKeyRingStore.of(as("ops")).checkAccess()).containsExactly(finding);
        Postgres.execute(owner, remedy);
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void membersOfTheOwnersRoleAreFoundHoweverFarBelow() {
        ownedBy("keeper");
        Postgres.execute(owner, "GRANT keeper TO dba; GRANT dba TO stranger");
        Postgres.execute(as("stranger"), "UPDATE dkm4j.rings SET created_at = 'epoch'");

        assertThat(store.checkAccess())
                .containsExactly(
                        member("dba", "keeper", "the owner of the tables"),
                        member("stranger", "keeper", "the owner of the tables"));
    }

    @Test
    void ownerThatMayDoMoreIsNoFinding() {
        ownedBy("keeper");
        Postgres.execute(
                owner, "ALTER ROLE keeper CREATEROLE REPLICATION BYPASSRLS; GRANT pg_read_server_files TO keeper");

        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void attributesThatARoleGetsAsAMemberOfAnotherAreFoundInAndOutsideTheGroups() {
        Postgres.execute(owner, "ALTER ROLE dba REPLICATION CREATEROLE; GRANT dba TO stranger, svc_mail");

        assertThat(store.checkAccess())
                .contains(
                        member("stranger", "dba", "which is REPLICATION"),
                        "role dba, REPLICATION (it can copy the whole server)" + NOT_SHIPPED
                                + "ALTER ROLE dba NOREPLICATION" + OR_ACCEPT,
                        "role svc_mail, member of dba (which is REPLICATION)" + NOT_SHIPPED
                                + "REVOKE dba FROM svc_mail or from the role between them");
    }

    @Test
    void serviceThatCanBecomeAMakerOfRolesIsFound() {
        Postgres.execute(owner, "ALTER ROLE dba CREATEROLE; GRANT dba TO svc_mail, ops");

        assertThat(store.checkAccess())
                .contains("role svc_mail, member of dba (which is CREATEROLE)" + NOT_SHIPPED
                        + "REVOKE dba FROM svc_mail or from the role between them")
                .noneMatch(finding -> finding.startsWith("role ops"));
    }

    @Test
    void makerOfRolesIsFoundWhereItCanLetItselfIn() throws SQLException {
        Postgres.execute(owner, "ALTER ROLE stranger CREATEROLE");

        assertThat(store.checkAccess()).isEqualTo(findingsOfAMaker("stranger"));
    }

    @Test
    void makerThatLetsItselfInIsFoundAmongTheAdministratorsToo() {
        Postgres.execute(owner, "ALTER ROLE stranger CREATEROLE");
        Postgres.execute(as("stranger"), "CREATE ROLE made");
        Postgres.execute(owner, "GRANT dkm4j_administrator TO made");
        Postgres.execute(as("stranger"), "GRANT made TO stranger");
        List<String> findings = store.checkAccess();
        Postgres.execute(owner, "DROP ROLE made");

        assertThat(findings)
                .containsExactly("role stranger, member of made (granted by stranger)" + NOT_SHIPPED
                        + "REVOKE made FROM stranger, or accept stranger in the comment on schema dkm4j");
    }

    @Test
    void roleThatAServiceLetsInIsFoundUntilTheServiceIsAccepted() {
        Postgres.execute(owner, "GRANT dkm4j_runtime TO svc_mail WITH ADMIN OPTION");
        Postgres.execute(as("svc_mail"), "GRANT dkm4j_runtime TO stranger");
        List<String> found = store.checkAccess();
        Postgres.execute(owner, "COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: svc_mail'");
        List<String> accepted = store.checkAccess();
        Postgres.execute(owner, "SET ROLE svc_mail; REVOKE dkm4j_runtime FROM stranger");

        assertThat(found)
                .hasSize(2)
                .contains("role stranger, member of dkm4j_runtime (granted by svc_mail)" + NOT_SHIPPED
                        + "REVOKE dkm4j_runtime FROM stranger, or accept svc_mail in the comment on schema dkm4j");
        assertThat(accepted).isEmpty();
    }

    @Test
    void madeRolesAreNoFindingUntilTheirMakerIsAMember() throws SQLException {
        Postgres.execute(owner, "ALTER ROLE dba LOGIN CREATEROLE");
        Postgres.execute(as("dba"), "CREATE ROLE made; CREATE ROLE svc_new LOGIN");
        Postgres.execute(owner, "GRANT dkm4j_runtime TO svc_new");
        ownedBy("made");
        List<String> before = store.checkAccess();
        Postgres.execute(as("dba"), "GRANT made TO dba");
        List<String> after = store.checkAccess();
        Postgres.execute(owner, "REASSIGN OWNED BY made TO postgres; DROP ROLE made, svc_new");

        assertThat(before).isEqualTo(findingsOfAMaker("dba"));
        assertThat(after).contains(member("dba", "made", "the owner of the tables"));
    }

    @Test
    void administratorMayMakeRolesAndLetServicesIn() {
        Postgres.execute(owner, "ALTER ROLE ops CREATEROLE; GRANT dkm4j_runtime TO ops WITH ADMIN OPTION");
        Postgres.execute(as("ops"), "CREATE ROLE svc_new; GRANT dkm4j_runtime TO svc_new");
        List<String> findings = store.checkAccess();
        Postgres.execute(owner, "DROP ROLE svc_new");

        assertThat(findings).noneMatch(finding -> finding.startsWith("role svc_new"));
    }

    @Test
    void acceptedRolesAreNotReportedAndOthersAre() {
        Postgres.execute(
                owner,
                "ALTER ROLE backup REPLICATION BYPASSRLS; GRANT pg_read_all_data TO backup; GRANT postgres TO dba;"
                        + " ALTER ROLE \"a, B\" BYPASSRLS; ALTER ROLE stranger BYPASSRLS");
        assertThat(store.checkAccess()).hasSize(6);

        Postgres.execute(owner, "COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: backup, dba, \"a, B\"'");

        for (String account : List.of("postgres", "svc_mail", "ops")) {
            assertThat(JdbcKeyRingStore.of(as(account)).checkAccess())
                    .containsExactly("role stranger, BYPASSRLS (no row security binds it)" + NOT_SHIPPED
                            + "ALTER ROLE stranger NOBYPASSRLS" + OR_ACCEPT);
        }
        store.restoreAccess();
        assertThat(store.checkAccess()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Stranger", "STRANGER", "strange", "stranger2", "\"stranger \"", "dkm4j_client", "PUBLIC"})
    void otherNamesThanTheExactOneAcceptNobody(String name) {
        Postgres.execute(
                owner, "ALTER ROLE stranger BYPASSRLS; COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: " + name + "'");

        assertThat(store.checkAccess()).hasSize(1);
    }

    @Test
    void membersOfAnAcceptedRoleAreNotAcceptedWithIt() {
        ownedBy("keeper");
        Postgres.execute(
                owner, "GRANT keeper TO dba; GRANT dba TO stranger; COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: dba'");

        assertThat(store.checkAccess()).containsExactly(member("stranger", "keeper", "the owner of the tables"));
    }

    @Test
    void grantsTheGroupRolesAndTheOwnerAreNotThereToBeAccepted() {
        ownedBy("keeper");
        Postgres.execute(
                owner,
                "COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: stranger, keeper, dkm4j_runtime';"
                        + " GRANT SELECT ON dkm4j.records TO stranger; ALTER ROLE dkm4j_runtime LOGIN;"
                        + " GRANT dkm4j_runtime TO keeper");

        assertThat(store.checkAccess())
                .satisfiesExactly(
                        finding -> assertThat(finding).startsWith("table dkm4j.records, SELECT for stranger"),
                        finding -> assertThat(finding).startsWith("role dkm4j_runtime is LOGIN"),
                        finding -> assertThat(finding).startsWith("role keeper, owner of the tables"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"svc_mail", "ops", "stranger", "backup"})
    void nobodyButTheOwnerAcceptsRoles(String account) {
        assertThatThrownBy(() ->
                        Postgres.execute(as(account), "COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: " + account + "'"))
                .hasStackTraceContaining("must be owner of schema dkm4j");
    }

    @Test
    void listThatIsNotUnderstoodIsAFindingAndAcceptsNobody() {
        Postgres.execute(
                owner, "ALTER ROLE stranger BYPASSRLS; COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: stranger; backup'");

        assertThat(store.checkAccess())
                .hasSize(2)
                .contains("the comment on schema dkm4j does not list the roles that it accepts:"
                        + " COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: backup, \"a, b\"'");
    }

    @Test
    void commentThatTheAccountMayNotSeeAcceptsNobody() {
        Postgres.execute(
                owner,
                "ALTER ROLE stranger BYPASSRLS; COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: stranger';"
                        + " REVOKE SELECT ON pg_description FROM PUBLIC");
        List<String> findings = JdbcKeyRingStore.of(as("ops")).checkAccess();
        Postgres.execute(owner, "GRANT SELECT ON pg_description TO PUBLIC");

        assertThat(findings)
                .satisfiesExactly(
                        finding -> assertThat(finding).contains("not checked: roles that an operator accepts"),
                        finding -> assertThat(finding).startsWith("role stranger, BYPASSRLS"));
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

    /** From PostgreSQL 16 on, roles that others have made are not theirs to enter. */
    private List<String> findingsOfAMaker(String role) throws SQLException {
        try (Connection connection = owner.getConnection()) {
            return connection.getMetaData().getDatabaseMajorVersion() >= 16
                    ? List.of()
                    : List.of("role " + role + ", CREATEROLE (before PostgreSQL 16 it can let itself into every group)"
                            + NOT_SHIPPED + "ALTER ROLE " + role + " NOCREATEROLE" + OR_ACCEPT);
        }
    }

    private static String member(String role, String group, String why) {
        return "role " + role + ", member of " + group + " (" + why + ")" + NOT_SHIPPED + "REVOKE " + group + " FROM "
                + role + " or from the role between them, or accept " + role + " in the comment on schema dkm4j";
    }
}

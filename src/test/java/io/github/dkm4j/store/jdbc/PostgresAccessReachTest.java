package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.sql.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Roles that reach the records by way of a grantor that is gone, the database, all of its data, or the server's files. */
class PostgresAccessReachTest extends PostgresAccessTestCase {
    private static final String NOT_SHIPPED = " is not of the shipped scripts: ";

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

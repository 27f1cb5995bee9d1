package io.github.dkm4j;

import static io.github.dkm4j.TestRings.OPERATOR;
import static io.github.dkm4j.TestRings.POLICY;
import static io.github.dkm4j.TestRings.SERVICE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.audit.AuditTrail;
import io.github.dkm4j.audit.AuditTrailBuilder;
import io.github.dkm4j.audit.TrailReport;
import io.github.dkm4j.audit.TrailVerifier;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.sql.Postgres;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import java.nio.file.Path;
import java.sql.Connection;
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
import org.junit.jupiter.api.io.TempDir;

/** Rings on PostgreSQL whose nodes are login roles of it. The nodes' clock is the database's, and stands. */
class SqlRingTest {
    private static final EncryptionContext CONTEXT = EncryptionContext.of("account", "42");
    private static final byte[] TOKEN = "token".getBytes(UTF_8);
    private static final String DATABASE = Postgres.newDatabase();
    private static final String RUNTIME = "ring_service";
    private static final String ADMINISTRATOR = "ring_operator";

    @TempDir
    Path folder;

    private final DataSource owner = Postgres.source(DATABASE, Postgres.SUPERUSER);
    private final TestRings rings = new TestRings();

    @BeforeEach
    void ring() {
        Postgres.execute(owner, "DROP SCHEMA IF EXISTS dkm4j CASCADE");
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql"));
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql-roles"));
        Postgres.execute(
                owner,
                "DROP ROLE IF EXISTS ring_service, ring_operator; CREATE ROLE ring_service LOGIN IN ROLE dkm4j_runtime;"
                        + " CREATE ROLE ring_operator LOGIN IN ROLE dkm4j_administrator");
        rings.now = JdbcKeyRingStore.of(owner).now().truncatedTo(ChronoUnit.MILLIS);
        builder(ADMINISTRATOR, OPERATOR).policy(POLICY).create().close();
    }

    @Test
    void serviceOpensSealsRollsOverAndReadsWithTheRunTimeRoleAlone() {
        letTimePass("1 day");
        try (KeyRing ring = builder(RUNTIME, SERVICE).open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);

            KeyDescription successor = ring.as(OPERATOR).admin().rollOver();

            assertThat(successor.metadata().ref().epoch().value()).isEqualTo(2);
            assertThat(ring.decryptor().decrypt(message, CONTEXT)).isEqualTo(TOKEN);
            assertThat(ring.health().isHealthy()).as("%s", ring.health()).isTrue();
        }
    }

    @Test
    void automaticRollOverOfAServiceIsTakenByTheDatabase() {
        AccessPolicy policy = AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "Mail Services")
                .allow(Operation.DECRYPT, "Mail Services")
                .allow(Operation.ADMINISTER, "Operators")
                .build();
        Postgres.execute(owner, "DELETE FROM dkm4j.records; DELETE FROM dkm4j.rings");
        builder(ADMINISTRATOR, OPERATOR).policy(policy).create().close();
        letTimePass("1 day");
        try (KeyRing ring = builder(RUNTIME, SERVICE).rolloverMessages(1).open()) {
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            rings.pass(Duration.ofMinutes(1));
            rings.ahead = Duration.ofMinutes(-1); // the database's clock did not move

            ring.encryptor().encrypt(TOKEN, CONTEXT);
            rings.ahead = Duration.ZERO;
            ring.encryptor().encrypt(TOKEN, CONTEXT);

            assertThat(ring.admin().keys()).as("%s", ring.health()).hasSize(2);
        }
    }

    @Test
    void whatTheRunTimeRoleMayNotDoIsDeniedByTheDatabaseWhateverThePolicySays() {
        try (KeyRing ring = builder(RUNTIME, OPERATOR).open()) {
            KeyDescription first = ring.admin().keys().get(0);

            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> ring.admin().revoke(first.metadata().ref(), "test"))
                    .withMessageContaining("row-level security");
            assertThat(ring.admin().keys()).singleElement().matches(key -> key.equals(first));
        }
    }

    /** As services do, and administrators: their roles in the database let both. */
    @Test
    void trailsOfServicesAndAdministratorsAreInTheStore() {
        for (String role : List.of(RUNTIME, ADMINISTRATOR)) {
            AuditTrailBuilder trail =
                    AuditTrail.in(folder.resolve(role), "connected-accounts").executor(Runnable::run);
            try (KeyRing ring = builder(role, SERVICE).audit(trail).open()) {
                ring.encryptor().encrypt(TOKEN, CONTEXT);
                assertThat(ring.health().isHealthy()).as("%s", ring.health()).isTrue();
            }
        }

        StoredTrails stored = StoredTrails.read(JdbcKeyRingStore.of(owner), "connected-accounts");
        assertThat(stored.registrations()).hasSize(2);
        assertThat(stored.checkpoints()).hasSize(2);
        TrailVerifier verifier = new TrailVerifier();
        stored.checkpoints().forEach(verifier::checkpoint);
        assertThat(verifier.verify(folder.resolve(RUNTIME))).first().satisfies(report -> {
            assertThat(report.verdict()).isEqualTo(TrailReport.Verdict.VERIFIED);
            assertThat(report.proven()).isEqualTo(report.records() - 1);
        });
    }

    @Test
    void nodePutsTheKeyBackThatAFailoverLost() {
        letTimePass("1 day");
        try (KeyRing ring = builder(RUNTIME, SERVICE).open()) {
            ring.as(OPERATOR).admin().rollOver();
            failover("slot = 'key-0000000002'");

            rings.pass(Duration.ofSeconds(61));
            rings.ahead = Duration.ofSeconds(-1);
            assertThat(ring.health().problems()).isEmpty();

            assertThat(ring.admin().keys()).hasSize(2);
            try (KeyRing other = builder(RUNTIME, SERVICE).open()) {
                assertThat(other.admin().keys()).hasSize(2);
            }
        }
    }

    @Test
    void lostRevocationStopsTheNodeUntilItsRoleMayPutItBack() {
        try (KeyRing ring = builder(RUNTIME, SERVICE).open()) {
            try (KeyRing operators = builder(ADMINISTRATOR, OPERATOR).open()) {
                operators
                        .admin()
                        .revoke(operators.admin().keys().get(0).metadata().ref(), "seen in a log");
            }
            refreshed(ring);
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            failover("slot LIKE 'revoked-%'");

            refreshed(ring);
            assertThatExceptionOfType(NoActiveKey.class)
                    .isThrownBy(() -> ring.encryptor().encrypt(TOKEN, CONTEXT));
            assertThat(ring.health().problems()).anyMatch(problem -> problem.contains("may not put it back"));

            Postgres.execute(owner, "GRANT dkm4j_restorer TO ring_service");
            refreshed(ring);
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(ring.health().problems()).isEmpty();
        }
    }

    @Test
    void serviceThatIsTakenOutOfTheGroupReadsNothingMore() {
        KeyRingBuilder builder = builder(RUNTIME, SERVICE);
        Postgres.execute(owner, "REVOKE dkm4j_runtime FROM ring_service");

        assertThatExceptionOfType(AccessDenied.class).isThrownBy(builder::open);

        Postgres.execute(owner, "GRANT dkm4j_client TO ring_service");
        assertThatExceptionOfType(RingNotFound.class).isThrownBy(builder::open);
    }

    @Test
    void junkThatARunTimeRoleMayAddStopsNothing() {
        try (KeyRing ring = builder(RUNTIME, SERVICE).open()) {
            KeyDescription key = ring.admin().keys().get(0);
            Postgres.execute(
                    Postgres.source(DATABASE, RUNTIME),
                    "INSERT INTO dkm4j.records (ring, slot, id, content) VALUES ('connected-accounts', 'use-0000000001-"
                            + key.metadata().keyId() + "-00000000000000bb-0001', '00000000000000bb',"
                            + " E'dkm4j use 1\\njunk'::bytea)");
            refreshed(ring);

            ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(ring.health().problems()).singleElement().asString().contains("use-", "not authentic");
            rings.ahead = Duration.ofSeconds(-61); // as the database's
            try (KeyRing operators = builder(ADMINISTRATOR, OPERATOR).open()) {
                operators.admin().revoke(key.metadata().ref(), "seen in a log");
            }
        }
    }

    @Test
    void writerThatHangsInATransactionIsNotWaitedForLong() throws SQLException {
        letTimePass("1 day");
        try (KeyRing ring = builder(ADMINISTRATOR, OPERATOR).open();
                Connection hanging = owner.getConnection();
                Statement statement = hanging.createStatement()) {
            hanging.setAutoCommit(false);
            statement.execute("INSERT INTO dkm4j.records (ring, slot, id, content)"
                    + " VALUES ('connected-accounts', 'key-0000000002', 'aa', '')");

            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> ring.admin().rollOver())
                    .withMessageContaining("lock timeout");
            hanging.rollback();
            assertThat(ring.admin().rollOver().metadata().epoch().value()).isEqualTo(2);
        }
    }

    @Test
    void commitWhoseWaitForTheStandbyIsEndedDoesNotCountAsDurable() throws Exception {
        letTimePass("1 day");
        Postgres.execute(owner, "ALTER ROLE ring_operator SET client_min_messages = error");
        Postgres.execute(owner, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        Postgres.execute(owner, "SELECT pg_reload_conf()");
        Thread ends = new Thread(this::endTheWait);
        try (KeyRing ring = builder(ADMINISTRATOR, OPERATOR).open()) {
            ends.start();
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> ring.admin().rollOver())
                    .withMessageContaining("warns");
        } finally {
            ends.join();
            Postgres.execute(
                    owner, "SET synchronous_commit = local; ALTER ROLE ring_operator RESET client_min_messages");
            Postgres.execute(owner, "ALTER SYSTEM RESET synchronous_standby_names");
            Postgres.execute(owner, "SELECT pg_reload_conf()");
        }
    }

    /** Cancels whoever waits for the standby, as soon as somebody does. */
    private void endTheWait() {
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            boolean ended = false;
            while (!ended) {
                try (ResultSet result = statement.executeQuery("SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                        + " WHERE wait_event = 'SyncRep' AND usename = 'ring_operator'")) {
                    ended = result.next();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void commitsThatDoNotWaitShowInHealth() {
        Postgres.execute(owner, "ALTER ROLE ring_service SET synchronous_commit = off");
        try (KeyRing ring = builder(RUNTIME, SERVICE).open()) {
            assertThat(ring.health().problems()).singleElement().asString().contains("synchronous_commit = off");
            assertThat(ring.health().isHealthy()).isFalse();

            Postgres.execute(owner, "ALTER ROLE ring_service RESET synchronous_commit");
            refreshed(ring);
            assertThat(ring.health().problems()).isEmpty();
        }
    }

    @Test
    void databaseThatIsNotThereIsNoReasonToMakeARing() {
        DataSource nowhere = Postgres.source("nowhere", Postgres.SUPERUSER);
        rings.store = JdbcKeyRingStore.of(nowhere);

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> rings.builder(SERVICE).open())
                .withMessageContaining("nowhere");
    }

    private KeyRingBuilder builder(String login, Caller account) {
        rings.store = JdbcKeyRingStore.of(Postgres.source(DATABASE, login));
        return rings.builder(account);
    }

    private void refreshed(KeyRing ring) {
        Instant before = ring.health().freshAt();
        rings.pass(Duration.ofSeconds(61));
        assertThat(ring.health().freshAt()).isAfter(before);
    }

    private void letTimePass(String interval) {
        Postgres.execute(owner, "UPDATE dkm4j.records SET stored_at = stored_at - interval '" + interval + "'");
    }

    /** The database goes on from a copy that lacks its last commits. */
    private void failover(String lost) {
        Postgres.execute(owner, "DELETE FROM dkm4j.records WHERE " + lost);
    }
}

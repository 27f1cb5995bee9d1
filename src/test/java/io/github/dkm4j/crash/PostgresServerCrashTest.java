package io.github.dkm4j.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.sql.Postgres;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database server crashes too, and it is one that does not wait for its disk by itself. */
class PostgresServerCrashTest extends CrashTest {
    private static final int ROUNDS = 3;
    private static final int DISTURBANCES_BETWEEN = 3;

    private final ReentrantLock crashing = new ReentrantLock();
    private int crashes;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private CrashingServer server;

    @BeforeEach
    void start() throws IOException {
        server = new CrashingServer(directory.resolve("data"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Override
    KeyRingStore store() {
        return JdbcKeyRingStore.of(server.source());
    }

    @Override
    List<String> location() {
        return List.of(server.url(), Postgres.SUPERUSER);
    }

    @Override
    void disturb(Random random) {
        if (random.nextInt(DISTURBANCES_BETWEEN) == 0 && crashing.tryLock()) {
            try {
                server.crash();
                crashes++;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                crashing.unlock();
            }
        }
    }

    /** Fewer, for each crash of the server takes a second. */
    @Override
    int kills() {
        return KILLS / 2;
    }

    @Override
    void check(Aftermath aftermath) {
        System.out.println(crashes + " crashes of the server");
        assertThat(aftermath.refusalsBut(CLOCKS_DISAGREE, STORE_UNAVAILABLE)).isEmpty();
    }

    @Test
    void aKeyIsOnTheDiskWhereTheServerLosesWhatOthersHaveCommitted() throws Exception {
        CrashRing.create(store());
        Postgres.execute(server.source(), "CREATE TABLE plain (number INT)");
        for (int round = 1; round <= ROUNDS; round++) {
            Message message;
            KeyRef successor;
            try (KeyRing ring = CrashRing.builder(store()).open()) {
                message = Message.sealed("round", round, ring.encryptor());
                successor = ring.admin().rollOver().metadata().ref();
                server.crash();
            }
            try (KeyRing ring = CrashRing.builder(store()).open()) {
                assertThat(message.isReadBy(ring.decryptor())).isTrue();
                assertThat(ring.admin().keys())
                        .extracting(key -> key.metadata().ref())
                        .contains(successor);
            }
            Postgres.execute(server.source(), "INSERT INTO plain VALUES (" + round + ")");
            server.crash();
        }
        assertThat(rows()).as("rows of all that were committed").isLessThan(ROUNDS);
    }

    private int rows() throws SQLException {
        try (Connection connection = server.source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM plain")) {
            result.next();
            return result.getInt(1);
        }
    }
}

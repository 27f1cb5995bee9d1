package io.github.dkm4j.rewrap;

import static io.github.dkm4j.TestRings.OPERATOR;
import static io.github.dkm4j.TestRings.POLICY;
import static io.github.dkm4j.TestRings.SERVICE;
import static io.github.dkm4j.rewrap.RewrapProcess.context;
import static io.github.dkm4j.rewrap.RewrapProcess.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.sql.Postgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Two processes move a table, are killed and replaced, and somebody changes rows meanwhile. A trigger writes down each change:
 * from which key to which, and whose it was.
 */
@Timeout(300)
class RewrapProcessesTest {
    private static final int ROWS = 200_000;
    private static final int PROCESSES = 2;
    private static final int KILLS = 8;
    private static final long SEED = 20_260_115;
    private static final String OWNER = "owner";

    private final String url = Postgres.url(Postgres.newDatabase());
    private final PGSimpleDataSource source = RewrapProcess.source(url, Postgres.SUPERUSER, OWNER);
    private final Random random = new Random(SEED);
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final List<Process> live = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final int[] versions = new int[ROWS];
    private int started;

    @TempDir
    Path folder;

    /** What a process printed; empty when it has ended. */
    private record Line(Process process, Optional<String> text) {}

    @AfterEach
    void stop() {
        live.forEach(Process::destroyForcibly);
        threads.shutdownNow();
    }

    @Test
    void everyRowIsMovedOnceWhoeverIsKilledAndNoChangeIsLost() throws Exception {
        RewrapProcess.builder(folder.resolve("ring"), OPERATOR)
                .policy(POLICY)
                .create()
                .close();
        try (KeyRing ring =
                RewrapProcess.builder(folder.resolve("ring"), SERVICE).open()) {
            KeyRef old = active(ring);
            fill(ring);
            ring.as(OPERATOR).admin().rollOver();
            KeyRef active = active(ring);
            assertThat(active.epoch().value()).isEqualTo(2);

            AtomicBoolean moving = new AtomicBoolean(true);
            Future<Integer> updates = threads.submit(() -> update(ring, moving));
            long start = System.nanoTime();
            int kills = moveAndKill();
            double seconds = (System.nanoTime() - start) / 1e9;
            moving.set(false);
            int updated = updates.get();

            assertThat(kills).isGreaterThanOrEqualTo(6);
            assertThat(updated).isPositive();
            assertThat(TableInventory.of(source, List.of(RewrapProcess.TABLE)).counts())
                    .containsExactly(new TableInventory.Count(RewrapProcess.TABLE, Optional.of(active), ROWS));
            everyRowSaysItsVersion(ring);
            long moved = everyChangeIsInOrder(old, active);
            System.out.printf(
                    "%,d rows moved by two processes of two workers: %d kills, %.1f s, %,.0f rows/s;"
                            + " %,d by them, %,d by the %,d updates meanwhile%n",
                    ROWS, kills, seconds, ROWS / seconds, moved, ROWS - moved, updated);
        }
    }

    private static KeyRef active(KeyRing ring) {
        return Rewrapper.of(ring).resealer(false).active();
    }

    private void fill(KeyRing ring) throws SQLException {
        Postgres.execute(source, """
                CREATE TABLE tokens (
                    id bigint PRIMARY KEY, account text NOT NULL, token bytea NOT NULL, version integer NOT NULL);
                CREATE UNLOGGED TABLE changes (id bigint, was bytea, became bytea, who text);
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    INSERT INTO changes
                        SELECT id, substring(was.token FROM 3 FOR 12), substring(became.token FROM 3 FOR 12),
                            current_setting('application_name')
                        FROM was JOIN became USING (id);
                    RETURN NULL;
                END $$;
                CREATE TRIGGER note AFTER UPDATE ON tokens REFERENCING OLD TABLE AS was NEW TABLE AS became
                    FOR EACH STATEMENT EXECUTE FUNCTION note();
                """);
        PGSimpleDataSource filling = RewrapProcess.source(url, Postgres.SUPERUSER, OWNER);
        filling.setReWriteBatchedInserts(true);
        try (Connection connection = filling.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO tokens VALUES (?, ?, ?, 0)")) {
            connection.setAutoCommit(false);
            for (int id = 0; id < ROWS; id++) {
                insert.setLong(1, id);
                insert.setString(2, RewrapProcess.account(id));
                insert.setBytes(3, ring.encryptor().encrypt(token(id, 0), context(id)));
                insert.addBatch();
                if ((id + 1) % 1000 == 0) {
                    insert.executeBatch();
                }
            }
            connection.commit();
        }
        Postgres.execute(source, "VACUUM ANALYZE tokens");
    }

    /** Changes one row after another, as the rows' owner, until told to stop; how many. */
    private int update(KeyRing ring, AtomicBoolean going) throws SQLException {
        Random rows = new Random(SEED + 1);
        int updates = 0;
        try (Connection connection = source.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE tokens SET token = ?, version = ? WHERE id = ?")) {
            while (going.get()) {
                int id = rows.nextInt(ROWS);
                int version = versions[id] + 1;
                update.setBytes(1, ring.encryptor().encrypt(token(id, version), context(id)));
                update.setInt(2, version);
                update.setLong(3, id);
                assertThat(update.executeUpdate()).isEqualTo(1);
                versions[id] = version;
                updates++;
            }
        }
        return updates;
    }

    /** Until all live processes are done; how many were killed. */
    private int moveAndKill() throws Exception {
        for (int i = 0; i < PROCESSES; i++) {
            startOne();
        }
        int kills = 0;
        int untilKill = random.nextInt(10, 40);
        while (!live.isEmpty()) {
            Line line = lines.take();
            if (!live.contains(line.process())) {
                continue; // said before it was killed
            }
            if (line.text().isEmpty()) {
                assertThat(line.process().waitFor()).as("%s", errors()).isZero();
                live.remove(line.process());
            } else if (line.text().get().equals(RewrapProcess.MOVED) && --untilKill <= 0 && kills < KILLS) {
                live.remove(line.process());
                line.process().destroyForcibly().waitFor();
                kills++;
                untilKill = random.nextInt(10, 40);
                startOne();
            }
        }
        return kills;
    }

    private void startOne() throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        RewrapProcess.class.getName(),
                        folder.resolve("ring").toString(),
                        url,
                        Postgres.SUPERUSER,
                        "process-" + ++started)
                .redirectError(folder.resolve("errors-" + started).toFile())
                .start();
        live.add(process);
        threads.execute(() -> listen(process));
    }

    private void listen(Process process) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(new Line(process, Optional.of(line)));
            }
        } catch (IOException e) {
            // its streams were closed when it was killed
        } finally {
            lines.add(new Line(process, Optional.empty()));
        }
    }

    /** What the processes complained of. */
    private String errors() throws IOException {
        StringBuilder errors = new StringBuilder();
        for (int i = 1; i <= started; i++) {
            errors.append(Files.readString(folder.resolve("errors-" + i)));
        }
        return errors.toString();
    }

    private void everyRowSaysItsVersion(KeyRing ring) throws SQLException {
        int rows = 0;
        try (Connection connection = source.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT id, account, token, version FROM tokens");
                ResultSet result = select.executeQuery()) {
            while (result.next()) {
                int id = result.getInt(1);
                assertThat(result.getString(2)).isEqualTo(RewrapProcess.account(id));
                assertThat(result.getInt(4)).as("version of %s", id).isEqualTo(versions[id]);
                assertThat(ring.decryptor().decrypt(result.getBytes(3), context(id)))
                        .isEqualTo(token(id, versions[id]));
                rows++;
            }
        }
        assertThat(rows).isEqualTo(ROWS);
    }

    /** Each row went from the old key to the active one exactly once, and nobody did anything else; how many by processes. */
    private long everyChangeIsInOrder(KeyRef old, KeyRef active) throws SQLException {
        String was = "was = '" + literal(old) + "'";
        String became = "became = '" + literal(active) + "'";
        assertThat(count("changes WHERE NOT " + became))
                .as("changes to another key")
                .isZero();
        assertThat(count("changes WHERE who <> 'owner' AND NOT " + was))
                .as("moves of a moved row")
                .isZero();
        assertThat(count("(SELECT id FROM changes WHERE " + was + " GROUP BY id HAVING COUNT(*) = 1) AS once"))
                .as("rows that left the old key once")
                .isEqualTo(ROWS);
        assertThat(count("(SELECT id FROM changes WHERE who <> 'owner' GROUP BY id HAVING COUNT(*) > 1) AS twice"))
                .as("rows moved twice")
                .isZero();
        return count("changes WHERE who <> 'owner'");
    }

    private long count(String rows) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement count = connection.prepareStatement("SELECT COUNT(*) FROM " + rows);
                ResultSet result = count.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }

    /** A key as a message names it, as a literal of PostgreSQL. */
    private static String literal(KeyRef key) {
        byte[] bytes = ByteBuffer.allocate(12)
                .putInt((int) key.epoch().value())
                .putLong(key.keyId().bits())
                .array();
        return "\\x" + HexFormat.of().formatHex(bytes);
    }
}

package io.github.dkm4j.bench;

import static io.github.dkm4j.TestRings.OPERATOR;
import static io.github.dkm4j.TestRings.POLICY;
import static io.github.dkm4j.TestRings.SERVICE;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.TestRings;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.rewrap.MessageTable;
import io.github.dkm4j.rewrap.RewrapReport;
import io.github.dkm4j.rewrap.Rewrapper;
import io.github.dkm4j.sql.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * Prints how fast workers move a table's rows to a new key, beside as many that only update the same rows, knowing which and
 * with what. One run alternates the two, on PostgreSQL whose commits are on the disk.
 */
public final class RewrapRate {
    private static final int ROWS = 200_000;
    private static final int BATCH = Rewrapper.DEFAULT_BATCH;
    private static final int WARM_UPS = 4;
    private static final int ROUNDS = 5;
    private static final MessageTable TABLE =
            MessageTable.of("tokens", "id", "token").context("account", "account");

    private final DataSource source;
    private final TestRings rings = new TestRings();
    private final KeyRing ring;
    private final byte[][] messages = new byte[ROWS][];

    private RewrapRate(DataSource source) {
        this.source = source;
        builder(OPERATOR).policy(POLICY).create().close();
        this.ring = builder(SERVICE).open();
    }

    /** Arguments: numbers of workers; without any 1, 2 and 4. */
    public static void main(String[] arguments) throws Exception {
        List<String> workers = arguments.length == 0 ? List.of("1", "2", "4") : List.of(arguments);
        try (EmbeddedPostgres postgres = Postgres.durable().start()) {
            RewrapRate rate = new RewrapRate(postgres.getPostgresDatabase());
            rate.fill();
            for (String number : workers) {
                rate.compare(Integer.parseInt(number));
            }
            rate.ring.close();
        }
    }

    private KeyRingBuilder builder(Caller account) {
        return rings.builder(account).singleNode().propagation(Duration.ZERO).audit(event -> {});
    }

    private void fill() throws SQLException {
        Postgres.execute(
                source,
                "CREATE TABLE tokens (id bigint PRIMARY KEY, account varchar(20) NOT NULL, token bytea NOT NULL)"
                        + " WITH (autovacuum_enabled = off)");
        seal();
        try (Connection connection = source.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO tokens VALUES (?, ?, ?)")) {
            connection.setAutoCommit(false);
            for (int id = 0; id < ROWS; id++) {
                insert.setLong(1, id);
                insert.setString(2, account(id));
                insert.setBytes(3, messages[id]);
                insert.addBatch();
                if ((id + 1) % 10_000 == 0) {
                    insert.executeBatch();
                }
            }
            connection.commit();
        }
    }

    /** Makes a message for each row under the active key. */
    private void seal() {
        Random random = new Random(1);
        byte[] token = new byte[64];
        for (int id = 0; id < ROWS; id++) {
            random.nextBytes(token);
            messages[id] = ring.encryptor().encrypt(token, EncryptionContext.of("account", account(id)));
        }
    }

    private static String account(int id) {
        return "account-" + id;
    }

    private void compare(int workers) throws Exception {
        double[] updated = new double[ROUNDS];
        double[] moved = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        for (int round = -WARM_UPS; round < ROUNDS; round++) {
            seal();
            double update = rate(workers, this::update);
            rings.pass(Duration.ofMinutes(1));
            ring.as(OPERATOR).admin().rollOver();
            double move = rate(workers, (worker, all) -> move());
            if (round >= 0) {
                updated[round] = update;
                moved[round] = move;
                ratios[round] = move / update;
            }
            System.out.printf(
                    "  %s: update %,.0f, move %,.0f rows/s, ratio %.2f%n",
                    round < 0 ? "warm-up" : round + 1, update, move, move / update);
        }
        System.out.printf(
                "%d workers: update %,.0f rows/s, move %,.0f rows/s, ratio %.2f; the rounds' ratios' median %.2f%n",
                workers, median(updated), median(moved), median(moved) / median(updated), median(ratios));
    }

    /** One worker of several; returns how many rows it has written. */
    private interface Work {
        long run(int worker, int workers) throws SQLException;
    }

    /** Rows a second, all rows written once by several workers. */
    private double rate(int workers, Work work) throws Exception {
        tidy();
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try {
            List<Callable<Long>> all = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                int worker = i;
                all.add(() -> work.run(worker, workers));
            }
            long start = System.nanoTime();
            long written = 0;
            for (Future<Long> future : threads.invokeAll(all)) {
                written += future.get();
            }
            long taken = System.nanoTime() - start;
            if (written != ROWS) {
                throw new IllegalStateException(written + " rows written");
            }
            return ROWS / (taken / 1e9);
        } finally {
            threads.shutdown();
        }
    }

    /** Removes what the round before left behind. */
    private void tidy() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("VACUUM ANALYZE tokens");
            statement.execute("CHECKPOINT");
        }
    }

    private long update(int worker, int workers) throws SQLException {
        int from = (int) ((long) ROWS * worker / workers);
        int to = (int) ((long) ROWS * (worker + 1) / workers);
        long written = 0;
        try (Connection connection = source.getConnection();
                PreparedStatement update = connection.prepareStatement("UPDATE tokens SET token = ? WHERE id = ?")) {
            connection.setAutoCommit(false);
            for (int begin = from; begin < to; begin += BATCH) {
                for (int id = begin; id < Math.min(begin + BATCH, to); id++) {
                    update.setBytes(1, messages[id]);
                    update.setLong(2, id);
                    update.addBatch();
                }
                written += Arrays.stream(update.executeBatch()).sum();
                connection.commit();
            }
        }
        return written;
    }

    private long move() {
        RewrapReport report = Rewrapper.of(ring).rewrap(source, TABLE);
        if (!report.isComplete()) {
            throw new IllegalStateException(report.inWords());
        }
        return report.moved();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

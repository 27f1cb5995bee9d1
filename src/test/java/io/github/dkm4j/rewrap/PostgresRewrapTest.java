package io.github.dkm4j.rewrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.sql.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresRewrapTest extends RewrapContract {
    private static final String WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND wait_event_type = 'Lock'";

    private final String database = Postgres.newDatabase();
    private final DataSource source = Postgres.source(database, Postgres.SUPERUSER);

    @Override
    DataSource database() {
        return source;
    }

    @Override
    String binary() {
        return "BYTEA";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "uuid USING md5(id::text)::uuid",
                "text",
                "varchar(20)",
                "char(20)",
                "numeric",
                "smallint",
                "integer",
                "timestamptz USING to_timestamp(id)",
                "date USING DATE '2026-01-01' + id::int",
                "double precision"
            })
    void keysMayBeOfAnyTypeWithAnOrder(String type) {
        Postgres.execute(source, "ALTER TABLE accounts ALTER id TYPE " + type);

        RewrapReport report = rewrapper().rewrap(source, table());

        assertThat(report.moved()).isEqualTo(50);
        assertThat(report.isComplete()).as(report.inWords()).isTrue();
    }

    @Test
    void viewsAndPartitionedTablesAreMovedToo() {
        Postgres.execute(
                source,
                "CREATE VIEW seen AS SELECT id, account, token FROM accounts WHERE id < 30;"
                        + " CREATE TABLE parts (id bigint PRIMARY KEY, account text, token bytea) PARTITION BY HASH (id);"
                        + " CREATE TABLE part0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
                        + " CREATE TABLE part1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
                        + " INSERT INTO parts SELECT * FROM accounts");
        for (String name : List.of("seen", "parts")) {
            MessageTable named = MessageTable.of(name, "id", "token")
                    .context("account", "account")
                    .contextValue("purpose", "test");

            assertThat(rewrapper().rewrap(source, named).moved()).isEqualTo(name.equals("seen") ? 30 : 50);
        }
    }

    @Test
    void rowThatSomebodyHoldsForLongIsPassedOverAndTakenInTheEnd() throws Exception {
        AtomicBoolean released = new AtomicBoolean();
        try (Connection holder = holding("UPDATE accounts SET account = account WHERE id = 5")) {
            Rewrapper worker = rewrapper().batch(10).listener((seen, moved, total) -> {
                // All but its page are moved by then; what is left is waited for.
                if (moved >= 40 && !released.getAndSet(true)) {
                    commit(holder);
                }
            });

            RewrapReport report = worker.rewrap(source, table());

            assertThat(released).isTrue();
            assertThat(report.moved()).isEqualTo(50);
            assertThat(report.isComplete()).isTrue();
        }
    }

    @Test
    void keysOfBytesAreListedInHexadecimal() {
        Postgres.execute(
                source,
                "ALTER TABLE accounts ALTER id TYPE bytea USING decode(lpad(to_hex(id), 4, '0'), 'hex');"
                        + " UPDATE accounts SET account = 'other' WHERE id = '\\x0003'");

        RewrapReport report = rewrapper().rewrap(source, table());

        assertThat(report.moved()).isEqualTo(49);
        assertThat(report.rows()).extracting(RewrapReport.Row::key).containsExactly("0003");
    }

    @Test
    void rowsWithoutAKeyEndTheRun() {
        Postgres.execute(
                source,
                "ALTER TABLE accounts DROP CONSTRAINT accounts_pkey; ALTER TABLE accounts ALTER id DROP NOT NULL;"
                        + " UPDATE accounts SET id = NULL");

        assertThatIllegalArgumentException().isThrownBy(() -> rewrapper().rewrap(source, table()));
    }

    @Test
    void messagesInAColumnOfFixedLengthAreMoved() {
        Postgres.execute(
                source,
                "ALTER TABLE accounts ALTER token TYPE char(300)"
                        + " USING rtrim(translate(replace(encode(token, 'base64'), E'\\n', ''), '+/', '-_'), '=')");

        assertThat(rewrapper().rewrap(source, table()).moved()).isEqualTo(50);
        assertThat(rewrapper().dryRun(source, table()).moved()).isZero();
    }

    @Test
    void inventoryDoesNotOverlookRowsThatRowSecurityHides() {
        Postgres.execute(
                source,
                "ALTER TABLE accounts ENABLE ROW LEVEL SECURITY; DROP ROLE IF EXISTS counting; CREATE ROLE counting LOGIN;"
                        + " GRANT SELECT ON accounts TO counting;"
                        + " CREATE POLICY some_rows ON accounts FOR SELECT USING (id < 3)");
        DataSource counting = Postgres.source(database, "counting");

        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> TableInventory.of(counting, List.of(table())).counts())
                .withMessageContaining("row-level security");
    }

    @Test
    void whatTheAccountMayNotDoIsSaidWithoutAnyOfTheRow() {
        Postgres.execute(
                source, "DROP ROLE IF EXISTS reading; CREATE ROLE reading LOGIN; GRANT SELECT ON accounts TO reading");
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> rewrapper().rewrap(Postgres.source(database, "reading"), table()));

        Postgres.execute(
                source, "ALTER TABLE accounts ADD CHECK (account <> 'a9' OR octet_length(token) < 0) NOT VALID");
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> rewrapper().rewrap(source, table()))
                .withMessageContaining("check constraint")
                .withMessageNotContaining("a9");
    }

    @Test
    void manyWorkersMoveEachRowOnce() throws Exception {
        Postgres.execute(
                source,
                "INSERT INTO accounts SELECT id + 1000 * n, account, token FROM accounts, generate_series(1, 40) n");
        logChanges();
        List<Callable<RewrapReport>> workers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            workers.add(() -> rewrapper().batch(17).rewrap(source, table()));
        }
        ExecutorService threads = Executors.newFixedThreadPool(workers.size());
        long moved = 0;
        try {
            for (Future<RewrapReport> report : threads.invokeAll(workers)) {
                moved += report.get().moved();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(moved).isEqualTo(50 * 41);
        assertThat(number("SELECT count(*) FROM changes")).isEqualTo(50 * 41);
        assertThat(number("SELECT count(DISTINCT id) FROM changes")).isEqualTo(50 * 41);
    }

    /** The table is long enough for a worker to begin somewhere in it, and not at the end of a page. */
    @Test
    void rowsThatAreLeftAreCountedOnceWhereverWorkersBegin() throws Exception {
        Postgres.execute(
                source,
                "ALTER TABLE accounts ADD filler char(1800); ALTER TABLE accounts ALTER filler SET STORAGE PLAIN;"
                        + " INSERT INTO accounts SELECT id + 1000 * n, account, token, 'x' FROM accounts,"
                        + " generate_series(1, 60) n; UPDATE accounts SET token = '\\x00' WHERE id % 10 < 5");

        RewrapReport report = rewrapper().batch(70).rewrap(source, table());

        assertThat(report.moved()).isEqualTo(25 * 61);
        assertThat(report.notMessages()).isEqualTo(25 * 61);
        assertThat(report.finished()).isTrue();
    }

    /** The page that is passed over has few old rows: so many as fit into a page reach into the next one. */
    @Test
    void rowsThatAreLeftAreCountedOnceWhereSomebodyElseHadThePage() throws Exception {
        Postgres.execute(
                source,
                "UPDATE accounts SET token = '\\x00' WHERE id % 2 = 0;"
                        + " UPDATE accounts SET token = NULL WHERE id BETWEEN 11 AND 18");
        AtomicBoolean released = new AtomicBoolean();
        try (Connection holder = holding("UPDATE accounts SET account = account WHERE id = 10")) {
            Rewrapper worker = rewrapper().batch(10).listener((seen, moved, total) -> {
                if (moved >= 20 && !released.getAndSet(true)) {
                    commit(holder);
                }
            });

            RewrapReport report = worker.rewrap(source, table());

            assertThat(released).isTrue();
            assertThat(report.moved()).isEqualTo(21);
            assertThat(report.notMessages()).isEqualTo(21);
        }
    }

    /** Of the page that is passed over two rows could be moved; as many of the junk rows vanish, and more. */
    @Test
    void pageWhoseFirstRowVanishesIsMovedAllTheSame() throws Exception {
        Postgres.execute(
                source,
                "UPDATE accounts SET token = '\\x00' WHERE id BETWEEN 30 AND 36;"
                        + " UPDATE accounts SET token = NULL WHERE id BETWEEN 13 AND 19");
        AtomicBoolean released = new AtomicBoolean();
        try (Connection holder = holding("DELETE FROM accounts WHERE id = 10")) {
            Rewrapper worker = rewrapper().batch(10).listener((seen, moved, total) -> {
                if (moved >= 33 && !released.getAndSet(true)) {
                    Postgres.execute(source, "DELETE FROM accounts WHERE id BETWEEN 30 AND 34");
                    commit(holder);
                }
            });

            RewrapReport report = worker.rewrap(source, table());

            assertThat(released).isTrue();
            assertThat(report.moved()).isEqualTo(35);
            assertThat(report.notMessages()).isEqualTo(2);
            assertThat(report.finished()).isTrue();
            assertThat(rewrapper().dryRun(source, table()).moved()).isZero();
        }
    }

    @Test
    void rowsThatAreLeftAreCountedOnceWhereSomebodyElseIsFirst() throws Exception {
        Postgres.execute(source, "UPDATE accounts SET token = '\\x00' WHERE id % 2 = 0");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        AtomicBoolean single = new AtomicBoolean();
        try (Connection holder = holding("UPDATE accounts SET token = '\\x00' WHERE id = 25")) {
            Rewrapper worker = rewrapper().batch(10).listener((seen, moved, total) -> single.set(moved >= 20));
            Future<RewrapReport> run = thread.submit(() -> worker.rewrap(source, table()));
            while (!run.isDone() && !(single.get() && number(WAITING) == 1)) {
                Thread.onSpinWait();
            }
            commit(holder);

            RewrapReport report = run.get();

            assertThat(report.changedMeanwhile()).isEqualTo(1);
            assertThat(report.moved()).isEqualTo(24);
            assertThat(report.notMessages()).isEqualTo(26);
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void whatAnEndedWorkerHadNotCommittedIsMovedByTheNext() throws SQLException {
        logChanges();
        AtomicBoolean ended = new AtomicBoolean();
        Rewrapper worker = rewrapper().batch(10).listener((seen, moved, total) -> {
            if (moved == 20 && !ended.getAndSet(true)) {
                Postgres.execute(
                        source,
                        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND pid <> pg_backend_pid()");
            }
        });
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> worker.rewrap(source, table()))
                .withMessageContaining("the next run goes on");

        RewrapReport report = rewrapper().rewrap(source, table());

        assertThat(report.moved()).isEqualTo(30);
        assertThat(number("SELECT count(*) FROM changes")).isEqualTo(50);
    }

    @Test
    void transactionThatTheDatabaseAsksToRepeatIsRepeatedAndCountedOnce() throws SQLException {
        failing("40001", 2);

        RewrapReport report = rewrapper().rewrap(source, table());

        assertThat(report.moved()).isEqualTo(50);
        assertThat(report.rows()).isEmpty();
    }

    @Test
    void transactionThatTheDatabaseNeverTakesEndsTheRun() {
        failing("40001", 1_000_000);

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> rewrapper().rewrap(source, table()))
                .withMessageContaining("accounts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a;b", "a--", "a'b", "\"a", "\"a\"b\"", "a.", "a.b.c.d", "1a", "a)", "a\n"})
    void whatIsNoIdentifierIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageTable.of(name, "id", "token"));
        assertThatIllegalArgumentException().isThrownBy(() -> MessageTable.of("accounts", name, "token"));
        assertThatIllegalArgumentException().isThrownBy(() -> MessageTable.of("accounts", "id", name));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTable.of("accounts", "id", "token").context("x", name));
    }

    @Test
    void quotedNamesAreTakenAsTheyAre() {
        Postgres.execute(
                source,
                "ALTER TABLE accounts RENAME TO \"Ac counts\"; ALTER TABLE \"Ac counts\" RENAME token TO"
                        + " \"the token\"");

        RewrapReport report = rewrapper()
                .rewrap(
                        source,
                        MessageTable.of("public.\"Ac counts\"", "id", "\"the token\"")
                                .context("account", "account")
                                .contextValue("purpose", "test"));

        assertThat(report.moved()).isEqualTo(50);
    }

    private Connection holding(String change) throws SQLException {
        Connection holder = source.getConnection();
        holder.setAutoCommit(false);
        try (Statement statement = holder.createStatement()) {
            statement.execute(change);
        }
        return holder;
    }

    private static void commit(Connection holder) {
        try {
            holder.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void logChanges() {
        Postgres.execute(
                source,
                "CREATE TABLE changes (id bigint); CREATE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN INSERT INTO changes VALUES (new.id); RETURN new; END';"
                        + " CREATE TRIGGER log AFTER UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION log_change()");
    }

    /** Lets the first few updates fail; a sequence is not rolled back with them. */
    private void failing(String state, int times) {
        Postgres.execute(
                source,
                "CREATE SEQUENCE tries; CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF"
                        + " nextval(''tries'') <= " + times + " THEN RAISE EXCEPTION USING ERRCODE = ''" + state
                        + "''; END IF; RETURN new; END';"
                        + " CREATE TRIGGER fail BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION fail()");
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }
}

package io.github.dkm4j.store.jdbc;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.Rings;
import io.github.dkm4j.store.StoredRecord;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Keeps rings in the tables {@code dkm4j.rings} and {@code dkm4j.records} of a PostgreSQL, MariaDB, MySQL or H2 database,
 * which many services on many machines may share. The database's clock dates the records, its unique constraints decide
 * races, and on PostgreSQL its roles and row security decide who reads and adds what: see {@code docs/sql-store.md}.
 *
 * <p>The first {@link #create} makes the tables if they are missing and the account may; nothing else ever does. {@link
 * #schema} has the statements for whoever prefers to run them by hand.
 *
 * <p>Durable means: committed, and the database waited for its disk, and for its synchronous standby if it has one. On
 * PostgreSQL this is asked for with every write, whatever the session's {@code synchronous_commit} is; on H2 by {@code
 * CHECKPOINT SYNC}, for which the account must be an administrator. What can be seen to keep a database from it is told by
 * {@link #doubts()}.
 *
 * <p>Safe for use by many threads. Each call takes a connection from the data source and gives it back with its automatic
 * commit as it was. Time-outs are the data source's: give it some, for whoever calls waits.
 */
public final class JdbcKeyRingStore implements KeyRingStore {
    private static final int MOST_ATTEMPTS = 10;

    private static final Duration ACCESS_CHECK_EVERY = Duration.ofHours(24);

    private final DataSource source;
    private final AccessWatch watch;

    JdbcKeyRingStore(DataSource source, AccessWatch watch) {
        this.source = source;
        this.watch = watch;
    }

    /** A store in the database that the source connects to. Connects when it is used, not yet. */
    public static JdbcKeyRingStore of(DataSource source) {
        return new JdbcKeyRingStore(source, new AccessWatch(ACCESS_CHECK_EVERY, System::nanoTime));
    }

    /**
     * The same store whose {@link #doubts()} check the access anew once in an interval; the default is 24 hours.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public JdbcKeyRingStore withAccessCheckEvery(Duration interval) {
        return new JdbcKeyRingStore(source, watch.every(interval));
    }

    /**
     * The statements that make the tables.
     *
     * @param product {@code postgresql}, {@code mariadb} (for MySQL too) or {@code h2}; {@code postgresql-roles} are the
     *     roles, grants and row security for the first
     * @throws IllegalArgumentException if it is none of these
     */
    public static String schema(String product) {
        return Script.named(product);
    }

    @Override
    public boolean create(String ring, List<StoredRecord> records) {
        Rings.requireName(ring);
        List<StoredRecord> all = List.copyOf(records);
        Rings.requireDistinctSlots(all);
        use("make the tables", Tables::makeIfMissing);
        return change(
                "create ring " + ring,
                connection -> {
                    if (Tables.exists(connection, ring)) {
                        return false;
                    }
                    try (PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO dkm4j.rings (name) VALUES (?)")) {
                        insert.setString(1, ring);
                        insert.executeUpdate();
                    }
                    Tables.insert(connection, ring, all, "");
                    return true;
                },
                connection -> Tables.exists(connection, ring));
    }

    @Override
    public boolean add(String ring, StoredRecord record) {
        Rings.requireName(ring);
        return change(
                "add " + record.name() + " to ring " + ring,
                connection -> {
                    Tables.requireRing(connection, ring);
                    if (Tables.isTaken(connection, ring, record.name().slot())) {
                        return false;
                    }
                    Tables.insert(
                            connection,
                            ring,
                            List.of(record),
                            Dialect.of(connection).andCommit());
                    return true;
                },
                connection -> Tables.isTaken(connection, ring, record.name().slot()));
    }

    /** {@inheritDoc} Beside a rival that has taken the slot, the account must be one that may. */
    @Override
    public boolean restore(String ring, StoredRecord record) {
        Rings.requireName(ring);
        for (int attempt = 1; ; attempt++) {
            try {
                return restoreOnce(ring, record);
            } catch (StoreUnavailable e) {
                // A rival may have taken the number that this one was to have: then the next one is free.
                boolean taken = e.getCause() instanceof SQLException cause && Dialect.isConflict(cause);
                if (!taken || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private boolean restoreOnce(String ring, StoredRecord record) {
        return change(
                "put " + record.name() + " back into ring " + ring,
                connection -> {
                    Tables.requireRing(connection, ring);
                    if (Tables.isThere(connection, ring, record.name())) {
                        return false;
                    }
                    if (Tables.isTaken(connection, ring, record.name().slot())) {
                        Tables.insertRival(connection, ring, record);
                    } else {
                        Tables.insert(
                                connection,
                                ring,
                                List.of(record),
                                Dialect.of(connection).andCommit());
                    }
                    return true;
                },
                connection -> Tables.isThere(connection, ring, record.name()));
    }

    /** {@inheritDoc} The database's logs and backups keep what was deleted for as long as they are kept. */
    @Override
    public boolean remove(String ring, RecordName name) {
        Rings.requireName(ring);
        return change(
                "remove " + name + " from ring " + ring,
                connection -> {
                    Tables.requireRing(connection, ring);
                    try (PreparedStatement delete = connection.prepareStatement(
                            "DELETE FROM dkm4j.records WHERE ring = ? AND slot = ? AND id = ?")) {
                        Tables.named(delete, ring, name);
                        return delete.executeUpdate() == 1;
                    }
                },
                connection -> false);
    }

    /** {@inheritDoc} It is the database server's. */
    @Override
    public Instant now() {
        return use("ask the time", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(
                            "SELECT " + Dialect.of(connection).now())) {
                result.next();
                return Tables.instant(result.getLong(1));
            }
        });
    }

    @Override
    public List<StoredRecord> read(String ring) {
        Rings.requireName(ring);
        return use("read ring " + ring, connection -> Tables.ofRing(connection, ring));
    }

    @Override
    public List<StoredRecord> readTrails(String ring, Instant since) {
        Rings.requireName(ring);
        return use("read the trails of ring " + ring, connection -> Tables.ofTrails(connection, ring, since));
    }

    /**
     * {@inheritDoc} Asks the database for the settings that keep commits safe and, at the first call and then once in {@link
     * #withAccessCheckEvery an interval}, for what {@link #checkAccess()} finds. The latter only where the database
     * separates the accounts, which is on PostgreSQL once {@code postgresql-roles} was run: an installation that never asked
     * for that is not told that it has none. A check that fails is a doubt beside the others.
     */
    @Override
    public List<String> doubts() {
        List<String> doubts = new ArrayList<>(
                use("ask for settings", connection -> Dialect.of(connection).doubts(connection)));
        doubts.addAll(watch.findings(this::access));
        return List.copyOf(doubts);
    }

    /**
     * Where the database lets somebody do more, or less, than the shipped scripts do: grants, row security, functions, what
     * guards the time stamps, powers of the roles; each with what to do about it. Empty if all is as they make it, and on
     * H2, where there is nothing of the kind. Changes nothing. See {@code docs/sql-store.md} for what is compared.
     *
     * @throws StoreUnavailable if the database cannot be asked
     */
    public List<String> checkAccess() {
        return access().findings();
    }

    /**
     * Runs the script {@code postgresql-roles} in one transaction. It takes away whatever else was granted on the store's
     * tables, and what it cannot put right {@link #checkAccess()} still finds. The account must own the tables, and be one
     * that may make roles.
     *
     * @throws UnsupportedOperationException if the database is not PostgreSQL
     */
    public void restoreAccess() {
        use("restore access", PostgresAccess::restore);
    }

    private Access access() {
        return use("check access", connection -> Dialect.of(connection).access(connection));
    }

    /**
     * Changes something, and waits for the disk.
     *
     * @param lost whether somebody else was first, asked when the database refuses
     */
    private boolean change(String what, Session.Work<Boolean> change, Session.Work<Boolean> lost) {
        return use(what, connection -> {
            Dialect dialect = Dialect.of(connection);
            try {
                if (!Session.committed(connection, change)) {
                    return false;
                }
            } catch (SQLException e) {
                if (!Dialect.isConflict(e) && !dialect.isRefusal(e)) {
                    throw e;
                }
                connection.rollback();
                if (lost.in(connection)) {
                    return false;
                }
                throw e;
            }
            try {
                dialect.forceToDisk(connection);
            } catch (SQLException e) {
                throw new StoreUnavailable(
                        what + ": the database has committed, and cannot be made to wait for its disk: "
                                + e.getMessage(),
                        e);
            }
            return true;
        });
    }

    private <T> T use(String what, Session.Work<T> work) {
        try {
            return Session.with(source, work);
        } catch (SQLException e) {
            // Its first line: what follows may tell of rows.
            String message = "cannot " + what + ": the database says: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("nothing");
            if (Dialect.isRefusalAnywhere(e)) {
                throw new AccessDenied(message, e);
            }
            throw new StoreUnavailable(message, e);
        }
    }
}

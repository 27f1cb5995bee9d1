package io.github.dkm4j.store.jdbc;

import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The statements over the store's two tables. */
final class Tables {
    /** How many records of a ring are read. */
    private static final int MOST = 1_000_000;

    private static final int MOST_ATTEMPTS = 10;

    /** Where trails' slots begin and where they end, as their column sorts: a full stop follows the hyphen. */
    private static final String TRAIL = "'" + RecordName.TRAIL + "'";

    private static final String AFTER_TRAIL = "'audit.'";

    private Tables() {}

    /** A ring's records without those of trails, in order of their names; none if there are no tables. */
    static List<StoredRecord> ofRing(Connection connection, String ring) throws SQLException {
        return records(
                connection,
                ring,
                "(slot < " + TRAIL + " OR slot >= " + AFTER_TRAIL + ")",
                select -> select.setString(1, ring));
    }

    /** The records of a ring's trails that were stored then or later, likewise. */
    static List<StoredRecord> ofTrails(Connection connection, String ring, Instant since) throws SQLException {
        return records(
                connection,
                ring,
                "slot >= " + TRAIL + " AND slot < " + AFTER_TRAIL + " AND "
                        + Dialect.of(connection).storedAt() + " >= ?",
                select -> {
                    select.setString(1, ring);
                    select.setLong(2, micros(since));
                });
    }

    private static List<StoredRecord> records(Connection connection, String ring, String which, Parameters parameters)
            throws SQLException {
        Dialect dialect = Dialect.of(connection);
        try (PreparedStatement select = connection.prepareStatement("SELECT slot, id, " + dialect.storedAt()
                + ", SUBSTRING(content, 1, " + StoredRecord.MAX_LENGTH + ") FROM dkm4j.records WHERE ring = ? AND "
                + which)) {
            parameters.setOn(select);
            select.setMaxRows(MOST + 1);
            select.setFetchSize(1_000);
            return records(select, ring);
        } catch (SQLException e) {
            if (dialect.isMissingTable(e)) {
                return List.of();
            }
            throw e;
        }
    }

    private static List<StoredRecord> records(PreparedStatement select, String ring) throws SQLException {
        List<StoredRecord> records = new ArrayList<>();
        try (ResultSet result = select.executeQuery()) {
            for (int count = 1; result.next(); count++) {
                if (count > MOST) {
                    throw new StoreUnavailable(
                            "ring " + ring + " has more than " + MOST + " records: something fills its table");
                }
                Optional<RecordName> name = name(result.getString(1), result.getString(2));
                if (name.isPresent()) {
                    records.add(StoredRecord.of(name.get(), result.getBytes(4)).storedAt(instant(result.getLong(3))));
                }
            }
        }
        records.sort(Comparator.comparing(StoredRecord::name));
        return List.copyOf(records);
    }

    /** Empty for a row that is no record, whoever made it. */
    private static Optional<RecordName> name(String slot, String id) {
        try {
            return Optional.of(new RecordName(slot, id));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Rounded up, so that what is not before it is not before the instant; as near as a long comes to one far away. */
    private static long micros(Instant instant) {
        long most = Long.MAX_VALUE / 1_000_000 - 1;
        long seconds = Math.max(-most, Math.min(most, instant.getEpochSecond()));
        return seconds * 1_000_000 + (instant.getNano() + 999) / 1_000;
    }

    static boolean hasTables(Connection connection, Dialect dialect) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM dkm4j.records WHERE ring = ''")) {
            return result.next();
        } catch (SQLException e) {
            if (dialect.isMissingTable(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Makes the tables if they are missing; always true. */
    static boolean makeIfMissing(Connection connection) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        for (int attempt = 1; !hasTables(connection, dialect); attempt++) {
            connection.rollback();
            try {
                Script.run(connection, dialect.script());
            } catch (SQLException e) {
                connection.rollback();
                // Others may be making them in this moment: a database lets only one of them succeed with each.
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
        return true;
    }

    static void requireRing(Connection connection, String ring) throws SQLException {
        if (!exists(connection, ring)) {
            throw new RingNotFound(
                    "the database shows this account no ring " + ring + ": create it, or let the account in");
        }
    }

    static boolean exists(Connection connection, String ring) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM dkm4j.rings WHERE name = ?")) {
            select.setString(1, ring);
            return hasRow(select);
        } catch (SQLException e) {
            if (Dialect.of(connection).isMissingTable(e)) {
                return false;
            }
            throw e;
        }
    }

    static boolean isTaken(Connection connection, String ring, String slot) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM dkm4j.records WHERE ring = ? AND slot = ?")) {
            select.setString(1, ring);
            select.setString(2, slot);
            return hasRow(select);
        }
    }

    static boolean isThere(Connection connection, String ring, RecordName name) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM dkm4j.records WHERE ring = ? AND slot = ? AND id = ?")) {
            named(select, ring, name);
            return hasRow(select);
        }
    }

    private static boolean hasRow(PreparedStatement select) throws SQLException {
        try (ResultSet result = select.executeQuery()) {
            return result.next();
        }
    }

    static void insert(Connection connection, String ring, List<StoredRecord> records, String andCommit)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO dkm4j.records (ring, slot, id, content) VALUES (?, ?, ?, ?)" + andCommit)) {
            for (StoredRecord record : records) {
                named(insert, ring, record.name());
                insert.setBytes(4, record.content());
                insert.executeUpdate();
                Session.refuse(connection, insert.getWarnings());
            }
        }
    }

    static void insertRival(Connection connection, String ring, StoredRecord record) throws SQLException {
        int rival;
        try (PreparedStatement select =
                connection.prepareStatement("SELECT MAX(rival) + 1 FROM dkm4j.records WHERE ring = ? AND slot = ?")) {
            select.setString(1, ring);
            select.setString(2, record.name().slot());
            try (ResultSet result = select.executeQuery()) {
                result.next();
                rival = result.getInt(1);
            }
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO dkm4j.records (ring, slot, id, content, rival) VALUES (?, ?, ?, ?, ?)"
                        + Dialect.of(connection).andCommit())) {
            named(insert, ring, record.name());
            insert.setBytes(4, record.content());
            insert.setInt(5, rival);
            insert.executeUpdate();
            Session.refuse(connection, insert.getWarnings());
        }
    }

    static void named(PreparedStatement statement, String ring, RecordName name) throws SQLException {
        statement.setString(1, ring);
        statement.setString(2, name.slot());
        statement.setString(3, name.id());
    }

    /** Fills in a statement's parameters. */
    private interface Parameters {
        void setOn(PreparedStatement statement) throws SQLException;
    }
}

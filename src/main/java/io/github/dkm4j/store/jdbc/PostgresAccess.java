package io.github.dkm4j.store.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares who may do what in a PostgreSQL database with what the shipped scripts make of a fresh one. Both are facts, each a
 * name and a value: {@code postgresql-access.sql} and {@code postgresql-access-roles.sql} ask for those of the database, {@code
 * postgresql-access.txt} has those of the scripts. What is said of {@link AcceptedRoles} is left out.
 */
final class PostgresAccess {
    private static final String RUN_AGAIN = "run postgresql-roles again";
    private static final String BY_HAND = "put it back as the shipped script postgresql has it";

    /** What only the script that makes the tables makes, and does not make again. */
    private static final Set<String> MADE_ONCE =
            Set.of("columns and their defaults", "constraints", "indexes and statistics", "triggers and rules");

    private static final String UNLOGGED = "SELECT 'dkm4j.' || c.relname FROM pg_catalog.pg_class c"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'dkm4j'"
            + " AND c.relname IN ('rings', 'records') AND c.relpersistence <> 'p' ORDER BY 1";

    private static final String UNREADABLE = "the comment on schema dkm4j does not list the roles that it accepts:"
            + " COMMENT ON SCHEMA dkm4j IS 'dkm4j accepts: backup, \"a, b\"'";

    /** Also what turns the direction of text, and what ends a line for some programs only. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private static final String IS_THERE = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'dkm4j' AND c.relname = 'records')";

    /** The scripts leave all of these; that one of them is left is enough. */
    private static final String IS_CONTROLLED = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'dkm4j'"
            + " AND c.relname IN ('rings', 'records') AND (c.relrowsecurity"
            + " OR EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid)))"
            + " OR EXISTS (SELECT FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) entry"
            + " JOIN pg_catalog.pg_roles r ON r.oid = entry.grantee"
            + " WHERE n.nspname = 'dkm4j' AND r.rolname = 'dkm4j_client')";

    private PostgresAccess() {}

    /** Looks, in a transaction that is just beginning, and changes nothing. */
    static Access of(Connection connection) throws SQLException {
        try {
            return look(connection);
        } catch (SQLException e) {
            if (Dialect.POSTGRESQL.isRefusal(e)) {
                return new Access(true, List.of(unseen("grants and row security")));
            }
            throw e;
        }
    }

    private static Access look(Connection connection) throws SQLException {
        begin(connection);
        if (!isTrue(connection, IS_THERE)) {
            return new Access(false, List.of("the store's tables are not there: run the shipped script postgresql"));
        }
        if (!isTrue(connection, IS_CONTROLLED)) {
            return new Access(
                    false,
                    List.of("the database enforces nothing: whoever may use the tables may read and change every ring;"
                            + " run the shipped script postgresql-roles"));
        }
        Map<String, SortedMap<String, String>> baseline = baseline();
        List<String> findings = new ArrayList<>();
        AcceptedRoles accepted =
                seen(connection, "roles that an operator accepts", findings, AcceptedRoles.NONE, AcceptedRoles::of);
        if (!accepted.readable()) {
            findings.add(UNREADABLE);
        }
        for (Script.Section section : sections()) {
            SortedMap<String, String> expected = baseline.getOrDefault(section.title(), new TreeMap<>());
            findings.addAll(seen(
                    connection,
                    section.title(),
                    findings,
                    List.of(),
                    same -> compare(section.title(), expected, facts(same, section, accepted.names()))));
        }
        return new Access(true, findings);
    }

    /** What the account sees of it; if it may not, that is a finding, and the transaction goes on. */
    private static <T> T seen(
            Connection connection, String what, List<String> findings, T otherwise, Session.Work<T> look)
            throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            return look.in(connection);
        } catch (SQLException e) {
            if (!Dialect.POSTGRESQL.isRefusal(e)) {
                throw e;
            }
            connection.rollback(before);
            findings.add(unseen(what));
            return otherwise;
        }
    }

    /** The tables that the server empties when it was not shut down in order, as doubts; the last query of a transaction. */
    static List<String> unlogged(Connection connection) throws SQLException {
        List<String> doubts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(UNLOGGED)) {
            while (result.next()) {
                String table = result.getString(1);
                doubts.add("the database empties table " + table
                        + " when it was not shut down in order, and no standby has" + " it (UNLOGGED): ALTER TABLE "
                        + table + " SET LOGGED");
            }
        } catch (SQLException e) {
            if (!Dialect.POSTGRESQL.isRefusal(e)) {
                throw e;
            }
            doubts.add(
                    "this account may not see whether the database would empty the tables when it was not shut down in"
                            + " order (UNLOGGED)");
        }
        return doubts;
    }

    /** Makes of it what the script of the roles makes, as far as that goes, in one transaction; always true. */
    static boolean restore(Connection connection) throws SQLException {
        if (Dialect.of(connection) != Dialect.POSTGRESQL) {
            throw new UnsupportedOperationException("there is a script of roles and grants for PostgreSQL only");
        }
        return Session.committed(connection, same -> {
            try (Statement statement = same.createStatement()) {
                statement.execute(Script.named("postgresql-roles"));
                return true;
            }
        });
    }

    /** The database's facts as the shipped text writes them. */
    static String describe(Connection connection) throws SQLException {
        begin(connection);
        StringBuilder text = new StringBuilder();
        for (Script.Section section : sections()) {
            SortedMap<String, Fact> facts = facts(connection, section, Set.of());
            if (!facts.isEmpty()) {
                text.append("# ").append(section.title()).append('\n');
                facts.forEach((name, fact) ->
                        text.append(name).append(" = ").append(fact.value()).append('\n'));
            }
        }
        return text.toString();
    }

    private static List<Script.Section> sections() {
        List<Script.Section> sections = new ArrayList<>(Script.sections("postgresql-access"));
        sections.addAll(Script.sections("postgresql-access-roles"));
        return sections;
    }

    private static List<String> compare(
            String title, SortedMap<String, String> expected, SortedMap<String, Fact> found) {
        List<String> findings = new ArrayList<>();
        found.forEach((name, fact) -> {
            String shipped = expected.get(name);
            String remedy = fact.remedy() == null ? RUN_AGAIN : fact.remedy();
            if (shipped == null) {
                findings.add(name + " (" + fact.value() + ") is not of the shipped scripts: " + remedy);
            } else if (!shipped.equals(fact.value())) {
                findings.add(name + " is " + fact.value() + " instead of " + shipped + ": " + remedy);
            }
        });
        expected.keySet().stream()
                .filter(name -> !found.containsKey(name))
                .forEach(name ->
                        findings.add(name + " is missing: " + (MADE_ONCE.contains(title) ? BY_HAND : RUN_AGAIN)));
        return findings;
    }

    private static String unseen(String what) {
        return "this account may not see everything, and so these were not checked: " + what
                + "; check with another one";
    }

    /** One view of the catalogs, and their texts written always in the same way, until the transaction ends. */
    private static void begin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            statement.execute("SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),"
                    + " pg_catalog.set_config('intervalstyle', 'postgres', true),"
                    + " pg_catalog.set_config('quote_all_identifiers', 'off', true)");
        }
    }

    private static boolean isTrue(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() && result.getBoolean(1);
        }
    }

    private static SortedMap<String, Fact> facts(Connection connection, Script.Section section, Set<String> accepted)
            throws SQLException {
        SortedMap<String, Fact> facts = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(section.sql())) {
            boolean ofRoles = result.getMetaData().getColumnCount() == 4;
            while (result.next()) {
                if (ofRoles && result.getString(4) != null && accepted.contains(result.getString(4))) {
                    continue;
                }
                String value = result.getString(2).replaceAll("\\s+", " ");
                String remedy = result.getString(3);
                facts.putIfAbsent(
                        escaped(result.getString(1)),
                        new Fact(escaped(value), remedy == null ? null : escaped(remedy)));
            }
        }
        return facts;
    }

    /** The same with its control characters as Java writes them: names are what whoever chose them liked. */
    private static String escaped(String text) {
        return CONTROL.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        String.format(Locale.ROOT, "\\u%04x", found.group().codePointAt(0))));
    }

    private static Map<String, SortedMap<String, String>> baseline() {
        Map<String, SortedMap<String, String>> baseline = new TreeMap<>();
        SortedMap<String, String> section = new TreeMap<>();
        for (String line : Script.text("postgresql-access.txt").lines().toList()) {
            int sign = line.indexOf(" = ");
            if (line.startsWith("# ")) {
                section = new TreeMap<>();
                baseline.put(line.substring(2), section);
            } else if (sign > 0) {
                section.put(line.substring(0, sign), line.substring(sign + 3));
            }
        }
        return baseline;
    }

    /**
     * What holds of something.
     *
     * @param remedy what to do if it is not as shipped, where it does not suffice to run the roles' script again
     */
    private record Fact(String value, @Nullable String remedy) {}
}

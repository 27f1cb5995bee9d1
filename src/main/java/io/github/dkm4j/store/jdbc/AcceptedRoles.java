package io.github.dkm4j.store.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The roles that an operator knows and accepts, whatever they may do: a line {@code dkm4j accepts: backup, "a, b"} of the
 * comment on the schema. Nobody but the schema's owner can write it, who is bound by nothing anyway.
 *
 * @param names as they are, with no letter's case changed
 * @param readable whether all of it was understood; what was not accepts nobody
 */
record AcceptedRoles(Set<String> names, boolean readable) {
    static final AcceptedRoles NONE = new AcceptedRoles(Set.of(), true);

    private static final String COMMENT = "SELECT pg_catalog.obj_description(n.oid, 'pg_namespace')"
            + " FROM pg_catalog.pg_namespace n WHERE n.nspname = 'dkm4j'";

    private static final String START = "dkm4j accepts:";
    private static final String NAME = "\"(?:[^\"]++|\"\")++\"|[^\\s\",]+";
    private static final Pattern LIST = Pattern.compile("\\s*(?:%1$s)\\s*(?:,\\s*(?:%1$s)\\s*)*+".formatted(NAME));
    private static final Pattern ONE = Pattern.compile(NAME);

    AcceptedRoles {
        names = Set.copyOf(names);
    }

    /** Those of the database. */
    static AcceptedRoles of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(COMMENT)) {
            return in(result.next() ? result.getString(1) : null);
        }
    }

    /** Those that a comment names; a name with a comma, a blank or a quote is written as SQL quotes it. */
    static AcceptedRoles in(@Nullable String comment) {
        Set<String> names = new HashSet<>();
        boolean readable = true;
        for (String line : comment == null ? new String[0] : comment.split("\\R", -1)) {
            if (line.startsWith(START)) {
                String list = line.substring(START.length());
                if (LIST.matcher(list).matches()) {
                    Matcher name = ONE.matcher(list);
                    while (name.find()) {
                        names.add(plain(name.group()));
                    }
                } else {
                    readable = false;
                }
            }
        }
        return new AcceptedRoles(names, readable);
    }

    private static String plain(String name) {
        return name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
    }
}

package io.github.dkm4j.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The SQL texts that come with the library. */
final class Script {
    private static final Set<String> NAMES = Set.of("postgresql", "postgresql-roles", "mariadb", "h2");
    private static final Pattern END = Pattern.compile(";\\s*$", Pattern.MULTILINE);

    private static final Pattern TITLE = Pattern.compile("^-- (.+)\\R(?=WITH|SELECT)", Pattern.MULTILINE);

    private Script() {}

    static String named(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no schema " + name + "; there are postgresql, postgresql-roles," + " mariadb and h2");
        }
        return text(name + ".sql");
    }

    /** A text of the library's own. */
    static String text(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing in the library");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The queries of a text, each with the comment that stands before it. */
    static List<Section> sections(String name) {
        List<Section> sections = new ArrayList<>();
        for (String part : END.split(text(name + ".sql"), -1)) {
            Matcher title = TITLE.matcher(part);
            if (title.find()) {
                sections.add(new Section(title.group(1), part.substring(title.end())));
            }
        }
        return sections;
    }

    /** Runs statements that each end with a line's last semicolon, and commits. */
    static void run(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String part : END.split(named(name), -1)) {
                if (!part.isBlank()) {
                    statement.execute(part);
                }
            }
        }
        connection.commit();
    }

    /** A query and what it is about. */
    record Section(String title, String sql) {}
}

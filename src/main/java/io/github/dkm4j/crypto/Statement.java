package io.github.dkm4j.crypto;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A text that people sign: a first line {@code dkm4j KIND 1}, which keeps a signature from counting for anything else, then
 * lines {@code name value} with values as {@link Percent} writes them. Immutable.
 */
public final class Statement {
    private static final int LONGEST = 16 * 1024;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]*");

    private final String text;
    private final List<String> lines;

    private Statement(String text) {
        this.text = text;
        String[] all = text.split("\n", -1);
        this.lines = List.of(all).subList(1, all.length - 1);
    }

    /** Begins a statement. */
    public static Builder of(String kind) {
        return new Builder(kind);
    }

    /**
     * Reads a statement of that kind.
     *
     * @throws IllegalArgumentException if it is something else, or longer than 16 KiB
     */
    public static Statement parse(String kind, String text) {
        if (text.length() > LONGEST || !text.startsWith(first(kind)) || !text.endsWith("\n")) {
            throw new IllegalArgumentException("it does not state a " + kind);
        }
        Statement statement = new Statement(text);
        for (String line : statement.lines) {
            int space = line.indexOf(' ');
            if (space < 0 || !NAME.matcher(line.substring(0, space)).matches()) {
                throw new IllegalArgumentException("a line of the " + kind + " is not a name and a value");
            }
            String value = line.substring(space + 1);
            if (!Percent.encode(Percent.decode(value)).equals(value)) {
                throw new IllegalArgumentException("a value of the " + kind + " is not written as it should be");
            }
        }
        return statement;
    }

    private static String first(String kind) {
        return "dkm4j " + kind + " 1\n";
    }

    /** What is signed. */
    public String text() {
        return text;
    }

    /** SHA-256 of the text, 64 hexadecimal digits. */
    public String hash() {
        return HexFormat.of().formatHex(Kdf.sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** All values of a name, in order. */
    public List<String> values(String name) {
        String prefix = name + " ";
        return lines.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> Percent.decode(line.substring(prefix.length())))
                .toList();
    }

    /**
     * The one value of a name.
     *
     * @throws IllegalArgumentException if there is not one
     */
    public String value(String name) {
        List<String> values = values(name);
        if (values.size() != 1) {
            throw new IllegalArgumentException("it has " + values.size() + " lines '" + name + "' instead of one");
        }
        return values.get(0);
    }

    /** The value of a name as a time. */
    public Instant instant(String name) {
        try {
            return Instant.parse(value(name));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("its '" + name + "' is no time", e);
        }
    }

    /** The value of a name as a duration. */
    public Duration duration(String name) {
        try {
            return Duration.parse(value(name));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("its '" + name + "' is no duration", e);
        }
    }

    /** The value of a name as a whole number that is not negative. */
    public int number(String name) {
        try {
            int number = Integer.parseInt(value(name));
            if (number < 0) {
                throw new IllegalArgumentException("its '" + name + "' is negative");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("its '" + name + "' is no number", e);
        }
    }

    /** What it says. */
    @Override
    public String toString() {
        return text;
    }

    /** For one thread. */
    public static final class Builder {
        private final String kind;
        private final List<String> lines = new ArrayList<>();

        private Builder(String kind) {
            this.kind = kind;
        }

        /** Adds a line. */
        public Builder add(String name, Object value) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("no name of a line: " + name);
            }
            lines.add(name + " " + Percent.encode(value.toString()));
            return this;
        }

        /**
         * The statement.
         *
         * @throws IllegalArgumentException if it is longer than 16 KiB
         */
        public Statement build() {
            StringBuilder text = new StringBuilder(first(kind));
            lines.forEach(line -> text.append(line).append('\n'));
            if (text.length() > LONGEST) {
                throw new IllegalArgumentException("a " + kind + " is no longer than " + LONGEST + " characters");
            }
            return new Statement(text.toString());
        }
    }
}

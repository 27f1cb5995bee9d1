package io.github.dkm4j.policy;

import java.nio.charset.StandardCharsets;

/** The form of the names of groups and of their members. */
final class Names {
    private static final int MAX_LENGTH = 256;

    private Names() {}

    /**
     * The name without surrounding white space.
     *
     * @throws IllegalArgumentException if what is left is no name
     */
    static String checked(String name) {
        if (name.indexOf(',') >= 0) {
            throw malformed(", no comma");
        }
        return group(name);
    }

    /**
     * The same for a name that may have commas, as distinguished names do.
     *
     * @throws IllegalArgumentException if what is left is no name
     */
    static String group(String name) {
        // White space goes first: a tab around a name is layout, a tab inside one is an error.
        String stripped = name.strip();
        if (stripped.isEmpty()
                || stripped.length() > MAX_LENGTH
                || stripped.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(stripped)) {
            throw malformed("");
        }
        return stripped;
    }

    private static IllegalArgumentException malformed(String more) {
        return new IllegalArgumentException(
                "a name has 1 to 256 characters" + more + ", no control character and no unpaired surrogate");
    }
}

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
        // White space goes first: a tab around a name is layout, a tab inside one is an error.
        String stripped = name.strip();
        if (stripped.isEmpty()
                || stripped.length() > MAX_LENGTH
                || stripped.indexOf(',') >= 0
                || stripped.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(stripped)) {
            throw new IllegalArgumentException(
                    "a name has 1 to 256 characters, no comma, no control character and no unpaired surrogate");
        }
        return stripped;
    }
}

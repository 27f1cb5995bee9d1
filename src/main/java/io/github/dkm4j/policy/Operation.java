package io.github.dkm4j.policy;

import java.util.Locale;

/** What an {@link AccessPolicy} decides about. */
public enum Operation {
    /** Make messages with the active key. */
    ENCRYPT,
    /** Open messages. */
    DECRYPT,
    /** Add the successor that is due, and nothing else: what automatic roll-over needs. */
    CREATE_NEXT,
    /** Roll the ring over by command. */
    ROLL_OVER,
    /** Make a ring and change its policy. */
    ADMINISTER,
    /** Destroy key versions. */
    DESTROY;

    /** The name in configurations and records: lower case with hyphens, for example {@code roll-over}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

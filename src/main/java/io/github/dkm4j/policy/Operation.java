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
    DESTROY,
    /** Do something on behalf of another caller who may do it. */
    ACT_AS;

    /** The name in configurations and records: lower case with hyphens, for example {@code roll-over}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The operation of that label.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Operation labelled(String label) {
        for (Operation operation : values()) {
            if (operation.label().equals(label)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("no operation: there are encrypt, decrypt, create-next, roll-over,"
                + " administer, destroy and act-as");
    }

    /** Whether it uses key material: what a policy for services only keeps humans from. */
    boolean usesKeys() {
        return this == ENCRYPT || this == DECRYPT || this == CREATE_NEXT || this == ACT_AS;
    }

    /** Whether nobody does it on another's behalf. */
    boolean isPersonal() {
        return this == ADMINISTER || this == DESTROY || this == ACT_AS;
    }
}

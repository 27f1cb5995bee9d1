package io.github.dkm4j.store.ldap;

/** Bytes that are no security descriptor, security identifier or access control list, or one that is not understood. */
final class MalformedDescriptor extends Exception {
    private static final long serialVersionUID = 1L;

    /** With what is wrong. */
    MalformedDescriptor(String message) {
        super(message);
    }
}

package io.github.dkm4j.key;

/** Where a key version stands in its life. NIST SP 800-57 part 1 calls the states as given in brackets. */
public enum KeyStatus {
    /** Exists, not used yet, so that every node has it before anyone writes with it (pre-active). */
    PENDING,
    /** New writes use it (active). */
    ACTIVE,
    /** Decrypts what it once encrypted, never encrypts again (deactivated). */
    ARCHIVED,
    /** Withdrawn, for instance because it leaked (compromised). */
    REVOKED,
    /** Its material is gone for good (destroyed). */
    DESTROYED
}

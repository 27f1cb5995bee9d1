package io.github.dkm4j;

/** A ring as one caller may use it. Safe for use by many threads. */
public interface KeyRingView {
    /** Makes messages. */
    Encryptor encryptor();

    /** Opens messages. */
    Decryptor decryptor();

    /** Shows and changes the ring. */
    KeyRingAdmin admin();
}

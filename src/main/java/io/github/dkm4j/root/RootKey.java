package io.github.dkm4j.root;

/**
 * The key outside the ring that wraps its master secret: a passphrase, a key store, an HSM, a key vault. Asked once
 * when a ring is opened. Implementations are safe for use by many threads.
 *
 * <p>A wrap authenticates nobody: what comes out of {@link #unwrap} counts only because the ring then checks it against
 * the commitment in its genesis.
 */
public interface RootKey {
    /** What kind of root this is, for example {@code passphrase}: 1 to 32 lower-case letters, digits and hyphens. */
    String kind();

    /**
     * Wraps a secret.
     *
     * @param secret 32 bytes; stays the caller's, who zeroises it
     * @param associatedData what the wrap is bound to, where the root can bind
     * @throws io.github.dkm4j.key.RootKeyUnavailable if the root cannot be reached
     * @throws io.github.dkm4j.key.RootKeyDenied if the root refuses
     */
    RootWrap wrap(byte[] secret, byte[] associatedData);

    /**
     * Unwraps a secret.
     *
     * @return 32 bytes, the caller's to zeroise
     * @throws io.github.dkm4j.key.RootKeyUnavailable if the root cannot be reached
     * @throws io.github.dkm4j.key.RootKeyDenied if the root refuses, or is not the one that made the wrap
     */
    byte[] unwrap(RootWrap wrap, byte[] associatedData);
}

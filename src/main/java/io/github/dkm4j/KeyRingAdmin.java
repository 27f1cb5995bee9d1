package io.github.dkm4j;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.StoreUnavailable;
import java.util.List;

/** What shows and changes the ring. Safe for use by many threads. */
public interface KeyRingAdmin {
    /**
     * All key versions by epoch and key id, as this node knows them.
     *
     * @throws AccessDenied if the policy lets the caller do nothing at all on this ring
     */
    List<KeyDescription> keys();

    /**
     * Makes the next epoch, which becomes active after the propagation window. While one is PENDING already, makes
     * nothing and returns that one.
     *
     * @throws AccessDenied if the policy does not let the caller roll over
     * @throws StoreUnavailable if the store cannot be read or written, or its view is incomplete; no key was made, or
     *     one that the next call returns
     * @throws DkmException for whatever else the store or the audit sink refuses
     */
    KeyDescription rollOver();

    /** What is wrong with the ring, in words; empty if all is well. */
    List<String> problems();

    /** The hash of the ring's genesis: its identity, which other nodes can pin. 64 hexadecimal digits. */
    String identity();
}

package io.github.dkm4j.crypto;

import java.util.Arrays;
import javax.security.auth.Destroyable;

/** 256 secret bits. Never printed, zeroised by {@link #destroy()}. Safe for use by many threads. */
public final class KeyMaterial implements Destroyable, AutoCloseable {
    /** Length in bytes. */
    public static final int LENGTH = 32;

    private final byte[] bytes;
    private volatile boolean destroyed;

    private KeyMaterial(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes a copy of 32 bytes; the caller's array stays the caller's, to be zeroised.
     *
     * @throws IllegalArgumentException if there are not exactly 32
     */
    public static KeyMaterial copyOf(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("key material has 32 bytes");
        }
        return new KeyMaterial(bytes.clone());
    }

    /**
     * A copy, to be zeroised by the caller.
     *
     * @throws IllegalStateException if this was destroyed
     */
    public synchronized byte[] copy() {
        checkAlive();
        return bytes.clone();
    }

    @Override
    public synchronized void destroy() {
        Arrays.fill(bytes, (byte) 0);
        destroyed = true;
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    /** Throws {@link IllegalStateException} if this was destroyed. */
    void checkAlive() {
        if (destroyed) {
            throw new IllegalStateException("the key material was destroyed: the key ring is closed");
        }
    }

    /** The same as {@link #destroy()}. */
    @Override
    public void close() {
        destroy();
    }

    /** Nothing about the bytes. */
    @Override
    public String toString() {
        return "KeyMaterial[redacted]";
    }
}

package io.github.dkm4j.sim;

import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.root.RootWrap;

/** A root that costs nothing. */
record SimRoot() implements RootKey {
    @Override
    public String kind() {
        return "sim";
    }

    @Override
    public RootWrap wrap(byte[] secret, byte[] associatedData) {
        return new RootWrap("", masked(secret));
    }

    @Override
    public byte[] unwrap(RootWrap wrap, byte[] associatedData) {
        return masked(wrap.wrapped());
    }

    private static byte[] masked(byte[] bytes) {
        byte[] masked = bytes.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= 0x55;
        }
        return masked;
    }
}

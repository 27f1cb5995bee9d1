package io.github.dkm4j.cli;

import java.util.Properties;

/** Properties that take a key once: of two denials one would be lost without a word. */
final class OnceEach extends Properties {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized Object put(Object key, Object value) {
        if (containsKey(key)) {
            throw new IllegalArgumentException("the key " + key + " is there twice");
        }
        return super.put(key, value);
    }
}

package io.github.dkm4j.key;

/** Says whether messages still use a key, before it is destroyed. Safe for use by many threads. */
@FunctionalInterface
public interface KeyInventory {
    /**
     * How many messages were found that only this key opens. An implementation that cannot look everywhere throws
     * instead of answering less.
     */
    long messagesUnder(KeyRef key);
}

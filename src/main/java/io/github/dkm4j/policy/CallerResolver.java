package io.github.dkm4j.policy;

/**
 * Tells on whose behalf the current thread works: the principal that a web server has authenticated, the logged-in JAAS
 * subject. Safe for use by many threads.
 */
@FunctionalInterface
public interface CallerResolver {
    /**
     * Who it is, by {@link Caller#authenticated} or {@link Caller#of}; asked for every operation.
     *
     * @throws io.github.dkm4j.key.AccessDenied if nobody is authenticated here
     */
    Caller resolve();
}

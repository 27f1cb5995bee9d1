package io.github.dkm4j.sim;

/** The process of a node dies here. An error, because no library code may go on after it. */
final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
        super("simulated crash", null, false, false);
    }
}

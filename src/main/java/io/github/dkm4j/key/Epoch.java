package io.github.dkm4j.key;

/**
 * The generation of a key: 1, 2, 3 … up to 2<sup>32</sup> − 1. A ring's epochs only grow.
 *
 * @param value the generation, 1 … 4,294,967,295
 */
public record Epoch(long value) implements Comparable<Epoch> {
    /** The largest epoch that a message can name. */
    public static final long MAX = 0xFFFF_FFFFL;

    /** The epoch of a ring's first key. */
    public static final Epoch FIRST = new Epoch(1);

    /**
     * @throws IllegalArgumentException if the value is not 1 … 4,294,967,295
     */
    public Epoch {
        if (value < 1 || value > MAX) {
            throw new IllegalArgumentException("epoch must be 1 to " + MAX + ", not " + value);
        }
    }

    /**
     * The epoch after this one.
     *
     * @throws IllegalArgumentException if this is the last one
     */
    public Epoch next() {
        return new Epoch(value + 1);
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(value, other.value);
    }

    /** The number in decimal. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}

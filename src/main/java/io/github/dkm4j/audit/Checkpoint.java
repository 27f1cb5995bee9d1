package io.github.dkm4j.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/**
 * What a trail was at a time, as a signed statement of its writer: so many records, with this root of their hash tree. In
 * text it is a C2SP tlog-checkpoint, whose one extension line is {@code time} with that time.
 */
public final class Checkpoint {
    private static final String TIME = "time ";

    private final String origin;
    private final long size;
    private final byte[] root;
    private final Instant time;

    Checkpoint(String origin, long size, byte[] root, Instant time) {
        this.origin = origin;
        this.size = size;
        this.root = root.clone();
        this.time = time;
    }

    /** The trail's name. */
    public String origin() {
        return origin;
    }

    /** How many records there were. */
    public long size() {
        return size;
    }

    /** The root of the hash tree over them, 32 bytes; a copy. */
    public byte[] root() {
        return root.clone();
    }

    /** When, by the clock of who wrote it. */
    public Instant time() {
        return time;
    }

    /** What is signed. */
    String text() {
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n" + TIME + time + "\n";
    }

    /**
     * Reads what {@link #text} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Checkpoint parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != 5 || !lines[3].startsWith(TIME)) {
            throw new IllegalArgumentException("it is no checkpoint of a trail");
        }
        try {
            Checkpoint checkpoint = new Checkpoint(
                    lines[0],
                    Long.parseLong(lines[1]),
                    Base64.getDecoder().decode(lines[2]),
                    Instant.parse(lines[3].substring(TIME.length())));
            if (checkpoint.size < 0
                    || checkpoint.root.length != MerkleTree.HASH_LENGTH
                    || !checkpoint.text().equals(text)) {
                throw new IllegalArgumentException("it is no checkpoint of a trail");
            }
            return checkpoint;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("it is no checkpoint of a trail", e);
        }
    }

    /** Whether it says that there are that many records with that root. */
    boolean says(long records, byte[] treeRoot) {
        return size == records && Arrays.equals(root, treeRoot);
    }

    @Override
    public String toString() {
        return origin + " with " + size + " records at " + time;
    }
}

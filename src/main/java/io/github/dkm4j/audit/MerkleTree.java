package io.github.dkm4j.audit;

import io.github.dkm4j.crypto.Kdf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The hash tree over a trail's records (RFC 6962, section 2.1), of which only the roots of whole subtrees are kept. Not
 * thread-safe.
 */
final class MerkleTree {
    static final int HASH_LENGTH = 32;

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /** Roots of whole subtrees, the largest and leftmost first: one for each bit that is set in the size. */
    private final List<byte[]> peaks = new ArrayList<>();

    private long size;

    /** The hash of a record. */
    static byte[] leaf(byte[] record) {
        byte[] input = new byte[1 + record.length];
        System.arraycopy(record, 0, input, 1, record.length);
        return Kdf.sha256(input);
    }

    static byte[] node(byte[] left, byte[] right) {
        byte[] input = new byte[1 + left.length + right.length];
        input[0] = 1;
        System.arraycopy(left, 0, input, 1, left.length);
        System.arraycopy(right, 0, input, 1 + left.length, right.length);
        return Kdf.sha256(input);
    }

    long size() {
        return size;
    }

    void add(byte[] leaf) {
        byte[] peak = leaf;
        for (long bits = size; (bits & 1) == 1; bits >>= 1) {
            peak = node(peaks.remove(peaks.size() - 1), peak);
        }
        peaks.add(peak);
        size++;
    }

    byte[] root() {
        if (peaks.isEmpty()) {
            return Kdf.sha256(new byte[0]);
        }
        byte[] root = peaks.get(peaks.size() - 1);
        for (int i = peaks.size() - 2; i >= 0; i--) {
            root = node(peaks.get(i), root);
        }
        return root.clone();
    }

    /** The size and the peaks, from which the tree can grow on. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(Long.toString(size));
        peaks.forEach(peak -> text.append(':').append(ENCODER.encodeToString(peak)));
        return text.toString();
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static MerkleTree parse(String text) {
        String[] parts = text.split(":", -1);
        MerkleTree tree = new MerkleTree();
        tree.size = Long.parseLong(parts[0]);
        Arrays.stream(parts).skip(1).map(Base64.getUrlDecoder()::decode).forEach(tree.peaks::add);
        boolean fits = tree.size >= 0
                && tree.peaks.size() == Long.bitCount(tree.size)
                && tree.peaks.stream().allMatch(peak -> peak.length == HASH_LENGTH)
                && tree.toString().equals(text);
        if (!fits) {
            throw new IllegalArgumentException("it is no tree");
        }
        return tree;
    }
}

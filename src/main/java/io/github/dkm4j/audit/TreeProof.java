package io.github.dkm4j.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Proofs about a trail's hash tree, as lists of hashes of 32 bytes (RFC 6962, sections 2.1.1 and 2.1.2): that a record is in
 * a tree, and that one tree continues another.
 */
public final class TreeProof {
    private TreeProof() {}

    /** Proves that the leaf of an index is in the tree over all these leaves. */
    static List<byte[]> ofInclusion(List<byte[]> leaves, int index) {
        if (leaves.size() == 1) {
            return new ArrayList<>();
        }
        int split = split(leaves.size());
        boolean isLeft = index < split;
        List<byte[]> path = isLeft
                ? ofInclusion(leaves.subList(0, split), index)
                : ofInclusion(leaves.subList(split, leaves.size()), index - split);
        path.add(root(isLeft ? leaves.subList(split, leaves.size()) : leaves.subList(0, split)));
        return path;
    }

    /** Proves that the tree over all these leaves continues the tree over the first of them, at least one. */
    static List<byte[]> ofConsistency(List<byte[]> leaves, int first) {
        return consistency(leaves, first, true);
    }

    private static List<byte[]> consistency(List<byte[]> leaves, int first, boolean known) {
        if (first == leaves.size()) {
            return known ? new ArrayList<>() : new ArrayList<>(List.of(root(leaves)));
        }
        int split = split(leaves.size());
        boolean isLeft = first <= split;
        List<byte[]> path = isLeft
                ? consistency(leaves.subList(0, split), first, known)
                : consistency(leaves.subList(split, leaves.size()), first - split, false);
        path.add(root(isLeft ? leaves.subList(split, leaves.size()) : leaves.subList(0, split)));
        return path;
    }

    /**
     * Whether a record is in the tree of a checkpoint.
     *
     * @param record the record's line without its end
     * @param index the record's number
     */
    public static boolean includes(Checkpoint checkpoint, byte[] record, long index, List<byte[]> proof) {
        if (index < 0 || index >= checkpoint.size()) {
            return false;
        }
        byte[] hash = MerkleTree.leaf(record);
        long node = index;
        long last = checkpoint.size() - 1;
        for (byte[] sibling : proof) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                hash = MerkleTree.node(sibling, hash);
                while ((node & 1) == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = MerkleTree.node(hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && Arrays.equals(hash, checkpoint.root());
    }

    /** Whether the tree of the later checkpoint continues that of the earlier one. */
    public static boolean continues(Checkpoint earlier, Checkpoint later, List<byte[]> proof) {
        if (earlier.size() == later.size()) {
            return proof.isEmpty() && Arrays.equals(earlier.root(), later.root());
        }
        if (earlier.size() < 1 || earlier.size() > later.size()) {
            return false;
        }
        long node = earlier.size() - 1;
        long last = later.size() - 1;
        while ((node & 1) == 1) {
            node >>= 1;
            last >>= 1;
        }
        // A whole subtree is its own beginning: the proof does not repeat its root.
        List<byte[]> path = new ArrayList<>(proof);
        if (node == 0) {
            path.add(0, earlier.root());
        }
        if (path.isEmpty()) {
            return false;
        }
        byte[] before = path.get(0);
        byte[] after = path.get(0);
        for (byte[] sibling : path.subList(1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                before = MerkleTree.node(sibling, before);
                after = MerkleTree.node(sibling, after);
                while ((node & 1) == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                after = MerkleTree.node(after, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && Arrays.equals(before, earlier.root()) && Arrays.equals(after, later.root());
    }

    private static byte[] root(List<byte[]> leaves) {
        MerkleTree tree = new MerkleTree();
        leaves.forEach(tree::add);
        return tree.root();
    }

    /** The largest power of two below a size of two or more. */
    private static int split(int size) {
        return Integer.highestOneBit(size - 1);
    }
}

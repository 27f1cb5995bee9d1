package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TreeProofTest {
    private static final int MOST = 33;

    private static byte[] record(int i) {
        return ("record " + i).getBytes(US_ASCII);
    }

    private static List<byte[]> leaves(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> MerkleTree.leaf(record(i)))
                .toList();
    }

    private static MerkleTree tree(int size) {
        MerkleTree tree = new MerkleTree();
        leaves(size).forEach(tree::add);
        return tree;
    }

    private static Checkpoint checkpoint(int size) {
        return new Checkpoint("dkm4j/ring/0123456789abcdef", size, tree(size).root(), Instant.EPOCH);
    }

    private static List<List<byte[]>> damaged(List<byte[]> proof) {
        List<List<byte[]>> all = new ArrayList<>();
        for (int i = 0; i < proof.size(); i++) {
            List<byte[]> shorter = new ArrayList<>(proof);
            shorter.remove(i);
            all.add(shorter);
            List<byte[]> other = new ArrayList<>(proof);
            other.set(i, MerkleTree.leaf(record(i + 1_000)));
            all.add(other);
        }
        List<byte[]> longer = new ArrayList<>(proof);
        longer.add(new byte[MerkleTree.HASH_LENGTH]);
        all.add(longer);
        return all;
    }

    /** The roots that implementations of RFC 6962 agree on, for trees over 0, 1, 2, … of the leaves that they test with. */
    @Test
    void rootsAreThoseOfTheStandard() {
        String[] inputs = {
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
        };
        String[] roots = {
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        };
        MerkleTree tree = new MerkleTree();
        for (int size = 0; size < roots.length; size++) {
            assertThat(HexFormat.of().formatHex(tree.root())).isEqualTo(roots[size]);
            if (size < inputs.length) {
                tree.add(MerkleTree.leaf(HexFormat.of().parseHex(inputs[size])));
            }
        }
    }

    @Test
    void aTreeGrowsOnFromItsText() {
        for (int size = 0; size < MOST; size++) {
            MerkleTree again = MerkleTree.parse(tree(size).toString());
            again.add(MerkleTree.leaf(record(size)));
            assertThat(again.root()).isEqualTo(tree(size + 1).root());
        }
    }

    @Test
    void aRecordIsProvenToBeInATreeAndNoOther() {
        for (int size = 1; size <= MOST; size++) {
            for (int index = 0; index < size; index++) {
                List<byte[]> proof = TreeProof.ofInclusion(leaves(size), index);
                Checkpoint checkpoint = checkpoint(size);
                assertThat(TreeProof.includes(checkpoint, record(index), index, proof))
                        .isTrue();
                assertThat(TreeProof.includes(checkpoint, record(size), index, proof))
                        .isFalse();
                assertThat(TreeProof.includes(checkpoint, record(index), size, proof))
                        .isFalse();
                for (List<byte[]> damaged : damaged(proof)) {
                    assertThat(TreeProof.includes(checkpoint, record(index), index, damaged))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void aTreeIsProvenToContinueAnotherAndNoThird() {
        for (int size = 1; size <= MOST; size++) {
            for (int first = 1; first <= size; first++) {
                List<byte[]> proof = TreeProof.ofConsistency(leaves(size), first);
                assertThat(TreeProof.continues(checkpoint(first), checkpoint(size), proof))
                        .isTrue();
                Checkpoint forged =
                        new Checkpoint("dkm4j/ring/0123456789abcdef", first, MerkleTree.leaf(record(1)), Instant.EPOCH);
                assertThat(TreeProof.continues(forged, checkpoint(size), proof)).isEqualTo(false);
                for (List<byte[]> damaged : damaged(proof)) {
                    assertThat(TreeProof.continues(checkpoint(first), checkpoint(size), damaged))
                            .as("%d in %d", first, size)
                            .isFalse();
                }
            }
        }
    }
}

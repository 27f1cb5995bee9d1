package io.github.dkm4j.root;

/**
 * A wrapped master secret as it is kept in the ring's records.
 *
 * @param parameters what the root needs to unwrap it besides its own secret; 0 to 1,024 printable ASCII characters
 * @param wrapped the wrap itself, 1 to 8,192 bytes; neither copied nor to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // handed from one method to the next, never compared
public record RootWrap(String parameters, byte[] wrapped) {
    /**
     * @throws IllegalArgumentException if a part is not of its form
     */
    public RootWrap {
        if (parameters.length() > 1024 || !parameters.chars().allMatch(c -> c >= 0x20 && c < 0x7F)) {
            throw new IllegalArgumentException("a root wrap's parameters are at most 1,024 printable ASCII characters");
        }
        if (wrapped.length == 0 || wrapped.length > 8192) {
            throw new IllegalArgumentException("a root wrap has 1 to 8,192 bytes");
        }
    }

    /** The parameters alone. */
    @Override
    public String toString() {
        return "RootWrap[" + parameters + "]";
    }
}

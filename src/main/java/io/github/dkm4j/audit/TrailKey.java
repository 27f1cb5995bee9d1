package io.github.dkm4j.audit;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.crypto.NoteKey;
import io.github.dkm4j.crypto.SignedNote;
import io.github.dkm4j.crypto.SigningKey;
import java.util.HexFormat;

/**
 * The public key of a trail, which proves who signed its checkpoints. In text it is a verifier key of C2SP signed-note,
 * {@code NAME+ID+KEY}; the name is the trail's. Immutable.
 */
public final class TrailKey {
    private static final int NAME_BYTES = 8;

    private final NoteKey key;

    private TrailKey(NoteKey key) {
        this.key = key;
    }

    TrailKey(String name, byte[] publicKey) {
        this(new NoteKey(name, publicKey));
    }

    /**
     * Reads a verifier key.
     *
     * @throws IllegalArgumentException if it is none of Ed25519
     */
    public static TrailKey parse(String text) {
        return new TrailKey(NoteKey.parse(text));
    }

    /** How a trail is called by its public key, 16 hexadecimal digits: nobody has another key of that name. */
    static String nameOf(byte[] publicKey) {
        return HexFormat.of().formatHex(Kdf.sha256(publicKey), 0, NAME_BYTES);
    }

    /** Whether the name is made of the key, as a trail's is. */
    public boolean isNamedByKey() {
        return name().endsWith("/" + nameOf(key.publicKey()));
    }

    /** The trail's name. */
    public String name() {
        return key.name();
    }

    /** The text with its signature, a signed note. */
    static String sign(Checkpoint checkpoint, SigningKey signing) {
        return SignedNote.of(checkpoint.text())
                .signedWith(new NoteKey(checkpoint.origin(), signing.publicKey()), signing)
                .toString();
    }

    /**
     * The checkpoint of a signed note, if this key signed it. Other signatures on it are passed over.
     *
     * @throws IllegalArgumentException if this key did not, or if it is no checkpoint of this trail
     */
    public Checkpoint verify(String note) {
        SignedNote signed = SignedNote.parse(note);
        if (!signed.isSignedBy(key)) {
            throw new IllegalArgumentException("it is not signed with the key of " + name());
        }
        Checkpoint checkpoint = Checkpoint.parse(signed.text());
        if (!checkpoint.origin().equals(name())) {
            throw new IllegalArgumentException("it is a checkpoint of another trail");
        }
        return checkpoint;
    }

    /** The verifier key of the note format. */
    @Override
    public String toString() {
        return key.toString();
    }
}

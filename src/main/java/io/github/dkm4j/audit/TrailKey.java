package io.github.dkm4j.audit;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.crypto.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public key of a trail, which proves who signed its checkpoints. In text it is a verifier key of C2SP signed-note,
 * {@code NAME+ID+KEY}; the name is the trail's. Immutable.
 */
public final class TrailKey {
    private static final byte ED25519 = 1;
    private static final int ID_LENGTH = 4;
    private static final Pattern TEXT = Pattern.compile("([!-*,-~]{1,200})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/]{44})");

    private final String name;
    private final byte[] publicKey;

    TrailKey(String name, byte[] publicKey) {
        this.name = name;
        this.publicKey = publicKey.clone();
    }

    /**
     * Reads a verifier key.
     *
     * @throws IllegalArgumentException if it is none of Ed25519
     */
    public static TrailKey parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            byte[] key = Base64.getDecoder().decode(matcher.group(3));
            if (key.length == 1 + SigningKey.PUBLIC_LENGTH && key[0] == ED25519) {
                TrailKey parsed = new TrailKey(matcher.group(1), Arrays.copyOfRange(key, 1, key.length));
                if (parsed.toString().equals(text)) {
                    return parsed;
                }
            }
        }
        throw new IllegalArgumentException("it is no key of a trail, NAME+ID+KEY");
    }

    /** The trail's name. */
    public String name() {
        return name;
    }

    /** The text with its signature, a signed note. */
    static String sign(Checkpoint checkpoint, SigningKey key) {
        TrailKey verifier = new TrailKey(checkpoint.origin(), key.publicKey());
        byte[] signature = key.sign(checkpoint.text().getBytes(StandardCharsets.UTF_8));
        byte[] line = Arrays.copyOf(verifier.id(), ID_LENGTH + signature.length);
        System.arraycopy(signature, 0, line, ID_LENGTH, signature.length);
        return checkpoint.text() + verifier.prefix() + Base64.getEncoder().encodeToString(line) + "\n";
    }

    /**
     * The checkpoint of a signed note, if this key signed it. Other signatures on it are passed over.
     *
     * @throws IllegalArgumentException if this key did not, or if it is no checkpoint of this trail
     */
    public Checkpoint verify(String note) {
        int end = note.indexOf("\n\n");
        if (end < 0 || !note.endsWith("\n")) {
            throw new IllegalArgumentException("it is no signed note");
        }
        String text = note.substring(0, end + 1);
        String prefix = prefix().substring(1);
        for (String line : note.substring(end + 2).split("\n", -1)) {
            if (line.startsWith(prefix) && isSigned(text, line.substring(prefix.length()))) {
                Checkpoint checkpoint = Checkpoint.parse(text);
                if (!checkpoint.origin().equals(name)) {
                    throw new IllegalArgumentException("it is a checkpoint of another trail");
                }
                return checkpoint;
            }
        }
        throw new IllegalArgumentException("it is not signed with the key of " + name);
    }

    private boolean isSigned(String text, String base64) {
        byte[] signed = Base64.getDecoder().decode(base64);
        return signed.length == ID_LENGTH + SigningKey.SIGNATURE_LENGTH
                && Arrays.equals(id(), Arrays.copyOf(signed, ID_LENGTH))
                && Base64.getEncoder().encodeToString(signed).equals(base64)
                && SigningKey.isSigned(
                        publicKey,
                        text.getBytes(StandardCharsets.UTF_8),
                        Arrays.copyOfRange(signed, ID_LENGTH, signed.length));
    }

    private String prefix() {
        return "\n\u2014 " + name + " ";
    }

    private byte[] id() {
        byte[] named = (name + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] input = Arrays.copyOf(named, named.length + 1 + publicKey.length);
        input[named.length] = ED25519;
        System.arraycopy(publicKey, 0, input, named.length + 1, publicKey.length);
        return Arrays.copyOf(Kdf.sha256(input), ID_LENGTH);
    }

    /** The verifier key of the note format. */
    @Override
    public String toString() {
        byte[] typed = new byte[1 + publicKey.length];
        typed[0] = ED25519;
        System.arraycopy(publicKey, 0, typed, 1, publicKey.length);
        return name + "+" + HexFormat.of().formatHex(id()) + "+"
                + Base64.getEncoder().encodeToString(typed);
    }
}

package io.github.dkm4j.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A public Ed25519 key with the name of whose it is. In text it is a verifier key of C2SP signed-note,
 * {@code NAME+ID+KEY}. Immutable.
 */
public final class NoteKey {
    static final int ID_LENGTH = 4;

    private static final byte ED25519 = 1;
    private static final Pattern TEXT = Pattern.compile("([!-*,-~]{1,200})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/]{44})");
    private static final Pattern NAME = Pattern.compile("[!-*,-~]{1,200}");

    private final String name;
    private final byte[] publicKey;

    /**
     * A key of that name.
     *
     * @param name 1 to 200 printable ASCII characters, no space and no plus sign
     * @param publicKey 32 bytes, copied
     * @throws IllegalArgumentException if one is not of its form
     */
    public NoteKey(String name, byte[] publicKey) {
        if (!NAME.matcher(name).matches() || publicKey.length != SigningKey.PUBLIC_LENGTH) {
            throw new IllegalArgumentException("a key has a name without spaces and plus signs, and 32 bytes");
        }
        this.name = name;
        this.publicKey = publicKey.clone();
    }

    /**
     * Reads a verifier key.
     *
     * @throws IllegalArgumentException if it is none of Ed25519
     */
    public static NoteKey parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            byte[] key = Base64.getDecoder().decode(matcher.group(3));
            if (key.length == 1 + SigningKey.PUBLIC_LENGTH && key[0] == ED25519) {
                NoteKey parsed = new NoteKey(matcher.group(1), Arrays.copyOfRange(key, 1, key.length));
                if (parsed.toString().equals(text)) {
                    return parsed;
                }
            }
        }
        throw new IllegalArgumentException("it is no public key, NAME+ID+KEY");
    }

    /** Whose it is. */
    public String name() {
        return name;
    }

    /** The key's 32 bytes, a copy. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** What tells it from others of its name in a note: the first bytes of a hash of both. */
    byte[] id() {
        byte[] named = (name + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] input = Arrays.copyOf(named, named.length + 1 + publicKey.length);
        input[named.length] = ED25519;
        System.arraycopy(publicKey, 0, input, named.length + 1, publicKey.length);
        return Arrays.copyOf(Kdf.sha256(input), ID_LENGTH);
    }

    /** Whether it is the same key of the same name. */
    @Override
    public boolean equals(Object other) {
        return other instanceof NoteKey key && name.equals(key.name) && Arrays.equals(publicKey, key.publicKey);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(publicKey);
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

package io.github.dkm4j.root;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.RootKeyDenied;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A root made from a passphrase with Argon2id (RFC 9106). Wraps are made with RFC 9106's second recommended option (64
 * MiB, 3 passes, 4 lanes) and a fresh 128-bit salt; the parameters are stored with the wrap, so that a later version
 * can use stronger ones. Stored parameters outside 64 to 256 MiB, 3 to 16 passes and 1 to 16 lanes are refused.
 */
public final class PassphraseRootKey implements RootKey, AutoCloseable {
    private static final int MEMORY_KIB = 65_536;
    private static final int PASSES = 3;
    private static final int LANES = 4;
    private static final int SALT_LENGTH = 16;
    private static final Pattern PARAMETERS =
            Pattern.compile("argon2id v=19 m=(\\d{1,8}) t=(\\d{1,3}) p=(\\d{1,3}) salt=([A-Za-z0-9_-]{22})");

    private final KeyedChars passphrase;

    private PassphraseRootKey(char[] passphrase) {
        this.passphrase = new KeyedChars(passphrase);
    }

    /**
     * A root made from the given passphrase.
     *
     * @param passphrase copied; the caller zeroises its own
     * @throws IllegalArgumentException if it is empty
     */
    public static PassphraseRootKey of(char[] passphrase) {
        if (passphrase.length == 0) {
            throw new IllegalArgumentException("the passphrase is empty");
        }
        return new PassphraseRootKey(passphrase);
    }

    @Override
    public String kind() {
        return "passphrase";
    }

    @Override
    public RootWrap wrap(byte[] secret, byte[] associatedData) {
        byte[] salt = new byte[SALT_LENGTH];
        new SecureRandom().nextBytes(salt);
        String parameters = "argon2id v=19 m=" + MEMORY_KIB + " t=" + PASSES + " p=" + LANES + " salt="
                + Base64.getUrlEncoder().withoutPadding().encodeToString(salt);
        try (KeyMaterial key = derive(MEMORY_KIB, PASSES, LANES, salt)) {
            return new RootWrap(parameters, LocalWrap.wrap(key, secret, associatedData));
        }
    }

    @Override
    public byte[] unwrap(RootWrap wrap, byte[] associatedData) {
        Matcher stored = PARAMETERS.matcher(wrap.parameters());
        if (!stored.matches()) {
            throw new RootKeyDenied("the ring's root record does not hold Argon2id parameters of this version");
        }
        int memory = bounded("memory", stored.group(1), MEMORY_KIB, 1 << 18);
        int passes = bounded("passes", stored.group(2), PASSES, 16);
        int lanes = bounded("lanes", stored.group(3), 1, 16);
        byte[] salt = Base64.getUrlDecoder().decode(stored.group(4));
        try (KeyMaterial key = derive(memory, passes, lanes, salt)) {
            return LocalWrap.unwrap(key, wrap, associatedData, "wrong passphrase for this ring");
        }
    }

    /** Zeroises the passphrase. */
    @Override
    public void close() {
        passphrase.wipe();
    }

    private KeyMaterial derive(int memory, int passes, int lanes, byte[] salt) {
        byte[] password = passphrase.utf8();
        byte[] out = new byte[KeyMaterial.LENGTH];
        try {
            Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
            argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withMemoryAsKB(memory)
                    .withIterations(passes)
                    .withParallelism(lanes)
                    .withSalt(salt)
                    .build());
            argon2.generateBytes(password, out);
            return KeyMaterial.copyOf(out);
        } finally {
            Arrays.fill(password, (byte) 0);
            Arrays.fill(out, (byte) 0);
        }
    }

    private static int bounded(String what, String digits, int least, int most) {
        int value = Integer.parseInt(digits);
        if (value < least || value > most) {
            throw new RootKeyDenied("the ring's root record asks for Argon2id " + what + " of " + value
                    + ", outside the accepted " + least + " to " + most);
        }
        return value;
    }

    /** Characters that can be wiped. */
    private static final class KeyedChars {
        private final char[] chars;
        private boolean wiped;

        KeyedChars(char[] chars) {
            this.chars = chars.clone();
        }

        synchronized byte[] utf8() {
            if (wiped) {
                throw new IllegalStateException("the passphrase was closed");
            }
            ByteBuffer encoded = ByteBuffer.allocate(3 * chars.length);
            if (StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(chars), encoded, true)
                    .isError()) {
                throw new IllegalArgumentException("the passphrase has an unpaired surrogate");
            }
            byte[] exact = Arrays.copyOf(encoded.array(), encoded.position());
            Arrays.fill(encoded.array(), (byte) 0);
            return exact;
        }

        synchronized void wipe() {
            Arrays.fill(chars, '\0');
            wiped = true;
        }
    }
}

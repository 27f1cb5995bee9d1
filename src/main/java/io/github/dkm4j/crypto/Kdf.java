package io.github.dkm4j.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** Key derivation and hashing for records: HKDF-SHA-512 (RFC 5869), HMAC-SHA-256, SHA-256. */
public final class Kdf {
    private Kdf() {}

    /** HKDF-Expand with SHA-512 of a key that is uniform already. */
    public static byte[] expand(byte[] key, byte[] info, int length) {
        HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA512Digest());
        hkdf.init(HKDFParameters.skipExtractParameters(key, info));
        byte[] out = new byte[length];
        hkdf.generateBytes(out, 0, length);
        return out;
    }

    /** A 256-bit key for one purpose: the label and the context, parted by a zero byte, go into the derivation. */
    public static KeyMaterial derive(KeyMaterial from, String label, byte[] context) {
        byte[] head = (label + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] info = Arrays.copyOf(head, head.length + context.length);
        System.arraycopy(context, 0, info, head.length, context.length);
        byte[] key = from.copy();
        byte[] out = new byte[0];
        try {
            out = expand(key, info, KeyMaterial.LENGTH);
            return KeyMaterial.copyOf(out);
        } finally {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(out, (byte) 0);
        }
    }

    /** HMAC-SHA-256. */
    public static byte[] mac(KeyMaterial with, byte[] data) {
        byte[] key = with.copy();
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw KcXaes.failed(e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** SHA-256. */
    public static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

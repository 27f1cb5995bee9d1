package io.github.dkm4j.crypto;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Both suites written down once more, straight from the format's page and as plainly as possible. Shares no code with
 * the library, so that the vectors it makes are a second opinion.
 */
final class ReferenceCipher {
    private static final HexFormat HEX = HexFormat.of();

    private ReferenceCipher() {}

    static byte[] header(int suite, long epoch, byte[] keyId) {
        return ByteBuffer.allocate(14)
                .put((byte) 0xC1)
                .put((byte) suite)
                .putInt((int) epoch)
                .put(keyId)
                .array();
    }

    static byte[] context(Map<String, String> pairs) {
        List<byte[][]> sorted = new ArrayList<>();
        pairs.forEach((name, value) -> sorted.add(
                new byte[][] {name.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)}));
        sorted.sort((a, b) -> Arrays.compareUnsigned(a[0], b[0]));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(number(sorted.size()));
        for (byte[][] pair : sorted) {
            for (byte[] text : pair) {
                out.writeBytes(number(text.length));
                out.writeBytes(text);
            }
        }
        return out.toByteArray();
    }

    /** A whole message of suite 0x01; fills in the steps on the way. */
    static byte[] kcXaes(
            byte[] key, byte[] header, byte[] context, byte[] nonce, byte[] plaintext, Map<String, String> steps)
            throws GeneralSecurityException {
        byte[] first = Arrays.copyOfRange(nonce, 0, 12);
        byte[] second = Arrays.copyOfRange(nonce, 12, 24);
        byte[] k1 = k1(key, steps);
        byte[] kx = joined(
                aes(key, xor(joined(HEX.parseHex("00015800"), first), k1)),
                aes(key, xor(joined(HEX.parseHex("00025800"), first), k1)));
        byte[] x = aes(key, joined("XCMT".getBytes(StandardCharsets.US_ASCII), first));
        byte[] base = xor(x, k1);
        byte[] kc = joined(
                aes(key, xor(base, joined(second, HEX.parseHex("00010001")))),
                aes(key, xor(base, joined(second, HEX.parseHex("00010002")))));
        steps.put("kx", HEX.formatHex(kx));
        steps.put("x", HEX.formatHex(x));
        steps.put("kc", HEX.formatHex(kc));
        return joined(header, nonce, gcm(kx, second, plaintext, joined(header, context)), kc);
    }

    /** A whole message of suite 0x02; fills in the steps on the way. */
    static byte[] cobblestone(
            byte[] key, byte[] header, byte[] context, byte[] salt, byte[] plaintext, Map<String, String> steps)
            throws GeneralSecurityException {
        byte[] k1 = k1(key, steps);
        byte[] k2 = joined(
                aes(key, xor(HEX.parseHex("00014300000000000000000000000000"), k1)),
                aes(key, xor(HEX.parseHex("00024300000000000000000000000000"), k1)));
        byte[] info = joined(
                "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM".getBytes(StandardCharsets.US_ASCII),
                new byte[1],
                salt,
                header,
                context);
        byte[] one = hmac(k2, joined(info, new byte[] {1}));
        byte[] two = hmac(k2, joined(one, info, new byte[] {2}));
        byte[] derived = joined(one, two);
        byte[] inner = Arrays.copyOfRange(derived, 0, 32);
        byte[] baseNonce = Arrays.copyOfRange(derived, 32, 44);
        byte[] commitment = Arrays.copyOfRange(derived, 44, 76);
        steps.put("k2", HEX.formatHex(k2));
        steps.put("derivedKey", HEX.formatHex(inner));
        steps.put("baseNonce", HEX.formatHex(baseNonce));
        steps.put("commitment", HEX.formatHex(commitment));
        byte[] out = joined(header, salt, commitment);
        for (int chunk = 0; chunk <= plaintext.length / 16_384; chunk++) {
            byte[] part =
                    Arrays.copyOfRange(plaintext, chunk * 16_384, Math.min(plaintext.length, (chunk + 1) * 16_384));
            byte[] index = ByteBuffer.allocate(12).putInt(8, chunk).array();
            out = joined(out, gcm(inner, xor(baseNonce, index), part, new byte[0]));
        }
        return out;
    }

    private static byte[] k1(byte[] key, Map<String, String> steps) throws GeneralSecurityException {
        byte[] l = aes(key, new byte[16]);
        BigInteger doubled = new BigInteger(1, l).shiftLeft(1);
        if (doubled.testBit(128)) {
            doubled = doubled.clearBit(128).xor(BigInteger.valueOf(0x87));
        }
        byte[] padded = joined(new byte[16], doubled.toByteArray());
        byte[] k1 = Arrays.copyOfRange(padded, padded.length - 16, padded.length);
        steps.put("l", HEX.formatHex(l));
        steps.put("k1", HEX.formatHex(k1));
        return k1;
    }

    private static byte[] aes(byte[] key, byte[] block) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
        return cipher.doFinal(block);
    }

    private static byte[] gcm(byte[] key, byte[] iv, byte[] plaintext, byte[] associated)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
        cipher.updateAAD(associated);
        return cipher.doFinal(plaintext);
    }

    static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA512");
        mac.init(new SecretKeySpec(key, "HmacSHA512"));
        return mac.doFinal(data);
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(2).putShort((short) value).array();
    }

    private static byte[] xor(byte[] a, byte[] b) {
        byte[] out = new byte[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) (a[i] ^ b[i]);
        }
        return out;
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}

package io.github.dkm4j.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Private keys of Curve25519 in unencrypted PKCS#8 (RFC 8410), in DER and as a block of a PEM file. Every key has one
 * form only, the one that OpenSSL writes.
 */
enum PrivateKeyPem {
    /** Signs. */
    ED25519("Ed25519", 0x70),
    /** Agrees on keys. */
    X25519("X25519", 0x6E);

    /** Bytes of a secret of either kind. */
    static final int SECRET_LENGTH = 32;

    private static final byte[] BEGIN = "-----BEGIN PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n-----END PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);

    /** Characters of the base64 of the 48 bytes, which needs no padding. */
    private static final int BASE64_LENGTH = 64;

    /** Bytes of one PEM block. */
    static final int LENGTH = BEGIN.length + BASE64_LENGTH + END.length;

    private final String kind;
    private final int lastOfObjectId;

    PrivateKeyPem(String kind, int lastOfObjectId) {
        this.kind = kind;
        this.lastOfObjectId = lastOfObjectId;
    }

    /** What stands before the secret: version, algorithm, and the lengths of an octet string in an octet string. */
    private byte[] head() {
        return new byte[] {0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, (byte) lastOfObjectId, 4, 0x22, 4, 0x20};
    }

    /** A PEM block, which the caller wipes. */
    byte[] encode(byte[] secret) {
        byte[] head = head();
        byte[] der = Arrays.copyOf(head, head.length + secret.length);
        System.arraycopy(secret, 0, der, head.length, secret.length);
        byte[] base64 = Base64.getEncoder().encode(der);
        byte[] pem = Arrays.copyOf(BEGIN, LENGTH);
        System.arraycopy(base64, 0, pem, BEGIN.length, base64.length);
        System.arraycopy(END, 0, pem, BEGIN.length + base64.length, END.length);
        Arrays.fill(der, (byte) 0);
        Arrays.fill(base64, (byte) 0);
        return pem;
    }

    /**
     * The secret of a PEM block, which the caller wipes.
     *
     * @throws IllegalArgumentException if it is no block with a key of this kind; the message has nothing of it
     */
    byte[] decode(byte[] pem) {
        byte[] der = der(pem, 0, pem.length);
        try {
            return secretOf(der);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    /**
     * The secret of a PKCS#8 structure, which the caller wipes.
     *
     * @throws IllegalArgumentException if it is no key of this kind; the message has nothing of it
     */
    byte[] secretOf(byte[] der) {
        byte[] head = head();
        if (der.length != head.length + SECRET_LENGTH || !Arrays.equals(der, 0, head.length, head, 0, head.length)) {
            throw new IllegalArgumentException("it is no " + kind + " key");
        }
        return Arrays.copyOfRange(der, head.length, der.length);
    }

    /**
     * The PKCS#8 structure of a PEM block, which the caller wipes; empty if it is no base64, or too long or short.
     *
     * @throws IllegalArgumentException if the first or the last line is another
     */
    static byte[] der(byte[] pem, int from, int to) {
        int begin = from + BEGIN.length;
        int end = to - END.length;
        if (end < begin
                || !Arrays.equals(pem, from, begin, BEGIN, 0, BEGIN.length)
                || !Arrays.equals(pem, end, to, END, 0, END.length)) {
            throw new IllegalArgumentException("it is no PEM file with a private key in PKCS#8");
        }
        byte[] base64 = Arrays.copyOfRange(pem, begin, end);
        try {
            return base64.length == BASE64_LENGTH && isBase64(base64)
                    ? Base64.getDecoder().decode(base64)
                    : new byte[0];
        } finally {
            Arrays.fill(base64, (byte) 0);
        }
    }

    /** Asked first because the decoder's own error names the character that it does not know. */
    private static boolean isBase64(byte[] text) {
        for (byte c : text) {
            if (!isLetter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '/') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(byte c) {
        int lower = c | 0x20;
        return c > 0 && lower >= 'a' && lower <= 'z';
    }
}

package io.github.dkm4j.crypto;

import io.github.dkm4j.key.MalformedMessage;

/** How a message's payload is made. */
public enum Suite {
    /** KC-XAES-256-GCM: nonce(24), ciphertext, tag(16), key commitment(32). */
    KC_XAES_256_GCM(0x01, 72),
    /** Cobblestone-256: salt(24), commitment(32), chunks of 16 KiB with a tag(16) each. */
    COBBLESTONE_256(0x02, 72);

    private final byte code;
    private final int overhead;

    Suite(int code, int overhead) {
        this.code = (byte) code;
        this.overhead = overhead;
    }

    /** The byte that names the suite in a message. */
    public byte code() {
        return code;
    }

    /** How long the plaintext of a payload is, in bytes. */
    public long plaintextLength(long payloadLength) {
        if (this == KC_XAES_256_GCM) {
            return payloadLength - overhead;
        }
        long chunked = payloadLength - Cobblestone.PREFIX;
        return chunked - (chunked / Cobblestone.SEALED_CHUNK + 1) * KcXaes.TAG;
    }

    static Suite ofCode(byte code) {
        for (Suite suite : values()) {
            if (suite.code == code) {
                return suite;
            }
        }
        throw new MalformedMessage("unknown suite 0x" + String.format("%02x", code)
                + ": the message is damaged, or was made by a later version");
    }

    void checkLength(int payloadLength) {
        if (this == KC_XAES_256_GCM) {
            if (payloadLength < overhead) {
                throw new MalformedMessage("not a dkm4j message: shorter than an empty one");
            }
        } else if (payloadLength < Cobblestone.PREFIX
                || (payloadLength - Cobblestone.PREFIX) % Cobblestone.SEALED_CHUNK < KcXaes.TAG) {
            throw Cobblestone.truncated();
        }
    }
}

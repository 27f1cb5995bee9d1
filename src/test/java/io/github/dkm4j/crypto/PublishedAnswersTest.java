package io.github.dkm4j.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Answers that others published for the constructions of suite 0x01. */
class PublishedAnswersTest {
    @Test
    void kcXaesGivesTheAnswerPublishedWithAwsLc() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 1);
        byte[] plaintext = "XAES-256-GCM".getBytes(US_ASCII);
        byte[] payload = seal(key, "ABCDEFGHIJKLMNOPQRSTUVWX".getBytes(US_ASCII), plaintext, new byte[0]);

        assertThat(HexFormat.of().formatHex(payload, 24, payload.length))
                .isEqualTo("ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"
                        + "04076b6085eebab138855fe57811c04112eff989d44120dfff662d5475a383c3");
    }

    @Test
    void xaesAgreesOverTenThousandCases() {
        assertThat(accumulated(10_000)).isEqualTo("e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939");
    }

    @Test
    @Tag("slow")
    void xaesAgreesOverAMillionCases() {
        assertThat(accumulated(1_000_000))
                .isEqualTo("2163ae1445985a30b60585ee67daa55674df06901b890593e824b8a7c885ab15");
    }

    /** Cases are drawn from SHAKE-128 of nothing, results go into another one, as c2sp.org/XAES-256-GCM says. */
    private static String accumulated(int cases) {
        SHAKEDigest source = new SHAKEDigest(128);
        SHAKEDigest results = new SHAKEDigest(128);
        for (int i = 0; i < cases; i++) {
            byte[] key = draw(source, 32);
            byte[] nonce = draw(source, 24);
            byte[] plaintext = draw(source, draw(source, 1)[0] & 0xFF);
            byte[] associated = draw(source, draw(source, 1)[0] & 0xFF);
            byte[] payload = seal(key, nonce, plaintext, associated);
            results.update(payload, 24, payload.length - 24 - 32);
        }
        byte[] out = new byte[32];
        results.doFinal(out, 0, out.length);
        return HexFormat.of().formatHex(out);
    }

    private static byte[] draw(SHAKEDigest source, int length) {
        byte[] out = new byte[length];
        source.doOutput(out, 0, length);
        return out;
    }

    private static byte[] seal(byte[] key, byte[] nonce, byte[] plaintext, byte[] associated) {
        byte[] out = Arrays.copyOf(nonce, plaintext.length + KcXaes.OVERHEAD);
        KcXaes cipher = new KcXaes(Ciphers.platform());
        cipher.seal(KeyMaterial.copyOf(key), associated, plaintext, 0, plaintext.length, out, 0);
        return out;
    }
}

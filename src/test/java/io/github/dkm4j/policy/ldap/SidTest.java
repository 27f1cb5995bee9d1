package io.github.dkm4j.policy.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SidTest {
    @ParameterizedTest
    @CsvSource({
        "S-1-1-0,                                     010100000000000100000000",
        "S-1-5-32-544,                                01020000000000052000000020020000",
        "S-1-5-21-4294967295-2147483648-1-1104,       010500000000000515000000ffffffff000000800100000050040000",
        "S-1-281474976710655-7,                       0101ffffffffffff07000000"
    })
    void textAndBinaryAreTheSame(String text, String hex) {
        byte[] binary = HexFormat.of().parseHex(hex);

        assertThat(Sid.text(binary)).contains(text);
        assertThat(Sid.binary(text))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(binary));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "S-1-5",
                "S-2-5-32",
                "s-1-5-32",
                "S-1-5-32-4294967296",
                "S-1-281474976710656-7",
                "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
                "S-1-5--32",
                "S-1-5-32 "
            })
    void anyOtherTextIsNone(String text) {
        assertThat(Sid.binary(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0101000000000005",
                "020100000000000100000000",
                "0102000000000001000000",
                "01010000000000010000000000",
                "011000000000000100000000",
                "01ff00000000000100000000"
            })
    void anyOtherBinaryIsNone(String hex) {
        assertThat(Sid.text(HexFormat.of().parseHex(hex))).isEmpty();
    }

    @Test
    void aSiblingHasAnotherNumber() {
        assertThat(Sid.sibling("S-1-5-21-1-2-3-1104", "513")).isEqualTo("S-1-5-21-1-2-3-513");
    }
}

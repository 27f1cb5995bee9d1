package io.github.dkm4j.store.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityDescriptorTest {
    /** As Samba's own library writes the SDDL below. */
    private static final byte[] PROTECTED = HexFormat.of()
            .parseHex("010004901400000030000000000000004c000000010500000000000515000000b6e9459885b87370ef38a12d00020000"
                    + "010500000000000515000000b6e9459885b87370ef38a12d0002000004008c000400000000001400000000100101000000"
                    + "000005120000000000240014000200010500000000000515000000b6e9459885b87370ef38a12d51040000000014000000"
                    + "0200010100000000000304000000050038000100000001000000d01eb45c4c0ed011a28600aa003049e201050000000000"
                    + "0515000000b6e9459885b87370ef38a12d4e040000");

    private static final byte[] INHERITING = HexFormat.of()
            .parseHex(
                    "010014840000000000000000140000003000000004001c000100000002401400200000000101000000000001000000000400"
                            + "540002000000001214009400020001010000000000050b000000060a38002000000003000000507996bfe60dd011a28500"
                            + "aa003049e2d01eb45c4c0ed011a28600aa003049e2010100000000000100000000");

    private static final String DOMAIN = "S-1-5-21-2554718646-1886632069-765540591";
    private static final String CONTACT = "5cb41ed0-0e4c-11d0-a286-00aa003049e2";

    @Test
    void tellsWhatSambaWrote() throws MalformedDescriptor {
        SecurityDescriptor descriptor = SecurityDescriptor.read(PROTECTED);

        assertThat(descriptor.sddl())
                .isEqualTo(
                        "O:" + DOMAIN + "-512G:" + DOMAIN + "-512D:P(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)(A;;LCRPRC;;;"
                                + DOMAIN + "-1105)(A;;RC;;;OW)(OA;;CC;" + CONTACT + ";;" + DOMAIN + "-1102)");
        assertThat(descriptor.isProtected()).isTrue();
        assertThat(descriptor.owner().orElseThrow().isDomainAdmins()).isTrue();
    }

    @Test
    void writesWhatSambaWrites() throws MalformedDescriptor {
        Sid admins = Sid.of(DOMAIN + "-512");
        SecurityDescriptor descriptor = SecurityDescriptor.isolated(
                admins,
                List.of(
                        Ace.allow(0x1000_0000, Sid.SYSTEM),
                        Ace.allow(Rights.READ, Sid.of(DOMAIN + "-1105")),
                        Ace.allow(Rights.READ_CONTROL, Sid.OWNER_RIGHTS),
                        Ace.allowChildren(UUID.fromString(CONTACT), Sid.of(DOMAIN + "-1102"))));

        assertThat(descriptor.bytes()).isEqualTo(PROTECTED);
        assertThat(SecurityDescriptor.read(descriptor.bytes())).isEqualTo(descriptor);
    }

    @Test
    void tellsInheritedDeniedAndObjectEntriesAndPassesOverTheSystemList() throws MalformedDescriptor {
        SecurityDescriptor descriptor = SecurityDescriptor.read(INHERITING);

        assertThat(descriptor.sddl())
                .isEqualTo(
                        "D:(A;CIID;LCRPLORC;;;AU)(OD;CIIO;WP;bf967950-0de6-11d0-a285-00aa003049e2;" + CONTACT + ";WD)");
        assertThat(descriptor.isProtected()).isFalse();
        assertThat(descriptor.owner()).isEmpty();
        assertThat(descriptor.dacl().orElseThrow().get(0).isInherited()).isTrue();
        assertThat(descriptor.dacl().orElseThrow().get(1).denies()).isTrue();
    }

    @Test
    void withoutAListEverybodyMayDoEverything() throws MalformedDescriptor {
        byte[] none = PROTECTED.clone();
        none[16] = 0;

        SecurityDescriptor descriptor = SecurityDescriptor.read(none);

        assertThat(descriptor.dacl()).isEqualTo(Optional.empty());
        assertThat(descriptor.sddl()).endsWith("D:PNO_ACCESS_CONTROL");
        assertThat(SecurityDescriptor.read(descriptor.bytes()).dacl()).isEmpty();
    }

    @Test
    void everyTruncationIsRefused() {
        for (byte[] whole : List.of(PROTECTED, INHERITING)) {
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatExceptionOfType(MalformedDescriptor.class).isThrownBy(() -> SecurityDescriptor.read(cut));
            }
        }
    }

    @Test
    void everyFlippedBitIsReadOrRefused() {
        for (byte[] whole : List.of(PROTECTED, INHERITING)) {
            for (int bit = 0; bit < whole.length * 8; bit++) {
                byte[] flipped = whole.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                readsOrRefuses(flipped);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noiseIsReadOrRefused(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] noisy = (random.nextBoolean() ? PROTECTED : INHERITING).clone();
            for (int i = random.nextInt(8); i >= 0; i--) {
                noisy[random.nextInt(noisy.length)] = (byte) random.nextInt();
            }
            readsOrRefuses(noisy);
        }
    }

    private static void readsOrRefuses(byte[] bytes) {
        try {
            assertThat(SecurityDescriptor.read(bytes).sddl()).isNotEmpty();
        } catch (MalformedDescriptor e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    @Test
    void genericRightsAreSpelledOut() {
        assertThat(Rights.specific(0x1000_0000)).isEqualTo(Rights.FULL);
        assertThat(Rights.words(Rights.specific(0x8000_0000)))
                .isEqualTo("list children, read properties, list the object, read the security descriptor");
        assertThat(Rights.words(Rights.FULL)).isEqualTo("everything");
        assertThat(Rights.words(0x10_0000)).isEqualTo("0x100000");
        assertThat(Rights.sddl(0x10_0010)).isEqualTo("0x100010");
    }

    @ParameterizedTest
    @ValueSource(strings = {"S-1-0-0", "S-1-1-0", "S-1-5-18", "S-1-5-32-544", "S-1-5-21-1-2-3-4294967295", "S-1-15"})
    void identifiersComeBackFromTheirBytes(String text) throws MalformedDescriptor {
        Sid sid = Sid.of(text);

        assertThat(sid).hasToString(text);
        assertThat(Sid.of(sid.bytes())).isEqualTo(sid);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "S-1",
                "S-2-5-18",
                "s-1-5-18",
                "S-1-5-",
                "S-1-5-4294967296",
                "S-1-999999999999999-1",
                "S-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
                "S-1-5-18\n"
            })
    void otherTextIsNoIdentifier(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Sid.of(text));
    }

    @Test
    void bytesBehindAnIdentifierAreRefused() {
        byte[] longer = Arrays.copyOf(Sid.SYSTEM.bytes(), 13);

        assertThatExceptionOfType(MalformedDescriptor.class).isThrownBy(() -> Sid.of(longer));
    }
}

package io.github.dkm4j.store.ldap;

import static io.github.dkm4j.store.ldap.TestDirectory.ADMIN;
import static io.github.dkm4j.store.ldap.TestDirectory.OTHER;
import static io.github.dkm4j.store.ldap.TestDirectory.READER;
import static io.github.dkm4j.store.ldap.TestDirectory.ROLLER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What audit trails put into a ring: who may, what is sent of it and when, and that it stays as it is. */
class LdapTrailsTest {
    private static final String KEY = "audit-00c0ffee00c0ffee";
    private static final String ID = "0123456789abcdef";

    private String holder = "";

    @BeforeEach
    void createRing() {
        holder = TestDirectory.provisioned();
        TestDirectory.store(ADMIN, holder).create("mail", List.of(record("genesis", "a")));
    }

    @AfterEach
    void delete() throws LDAPException {
        TestDirectory.delete(holder);
    }

    @Test
    void rollersAndAdministratorsAddWhatTheyCannotChangeAndReadersCannotAdd() {
        LdapKeyRingStore roller = TestDirectory.store(ROLLER, holder);
        LdapKeyRingStore reader = TestDirectory.store(READER, holder);

        assertThat(roller.add("mail", record(KEY, ID))).isTrue();
        assertThat(TestDirectory.store(ADMIN, holder).add("mail", checkpoint(1)))
                .isTrue();

        assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> reader.add("mail", checkpoint(2)));
        for (String cn : List.of(KEY, checkpoint(1).name().slot())) {
            String dn = "CN=" + cn + ",CN=mail," + holder;
            assertThat(TestDirectory.modify(
                            ROLLER, dn, ModificationType.REPLACE, "thumbnailPhoto", "x".getBytes(UTF_8)))
                    .isEqualTo(ResultCode.INSUFFICIENT_ACCESS_RIGHTS);
            assertThat(TestDirectory.modify(ROLLER, dn, ModificationType.REPLACE, "displayName", "x".getBytes(UTF_8)))
                    .isEqualTo(ResultCode.INSUFFICIENT_ACCESS_RIGHTS);
            assertThatExceptionOfType(LDAPException.class)
                    .isThrownBy(() -> TestDirectory.as(ROLLER).delete(dn));
            assertThatExceptionOfType(LDAPException.class)
                    .isThrownBy(() -> TestDirectory.as(ROLLER).modifyDN(dn, "CN=renamed", true));
        }
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> roller.remove("mail", checkpoint(1).name()));
        assertThat(names(reader.readTrails("mail", Instant.EPOCH)))
                .containsExactly(checkpoint(1).name().toString(), KEY + "." + ID);
        assertThat(TestDirectory.store(ADMIN, holder).checkAcl()).isEmpty();
        assertThat(reader.checkAcl()).isEmpty();
        assertThat(TestDirectory.store(OTHER, holder).readTrails("mail", Instant.EPOCH))
                .isEmpty();
    }

    @Test
    void moreThanTwoPagesAreReadAndTheRingIsReadWithoutThem() throws LDAPException {
        List<StoredRecord> trails =
                IntStream.range(0, 1_200).mapToObj(LdapTrailsTest::checkpoint).toList();
        List<StoredRecord> all = new ArrayList<>(trails);
        all.add(record("genesis", "a"));
        LdapKeyRingStore store = TestDirectory.store(ADMIN, holder);
        RingTree tree = new RingTree(new Directory(TestDirectory.as(ADMIN)), new DN(holder), 100);

        store.create("many", all);

        assertThat(store.readTrails("many", Instant.EPOCH))
                .extracting(StoredRecord::name)
                .containsExactlyElementsOf(
                        trails.stream().map(StoredRecord::name).toList());
        assertThat(names(store.read("many"))).containsExactly("genesis.a");
        assertThat(names(tree.records(new DN("CN=many," + holder)))).containsExactly("genesis.a");
    }

    @Test
    void directoryItselfPassesOverWhatIsOlder() throws LDAPException {
        LdapKeyRingStore store = TestDirectory.store(ADMIN, holder);
        RingTree tree = new RingTree(new Directory(TestDirectory.as(ADMIN)), new DN(holder), 100);
        store.add("mail", checkpoint(1));
        Instant taken =
                store.readTrails("mail", Instant.EPOCH).get(0).storedAt().orElseThrow();

        assertThat(store.readTrails("mail", taken)).hasSize(1);
        assertThat(store.readTrails("mail", taken.minusNanos(1))).hasSize(1);
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> tree.trails(ring(), taken));
        assertThat(tree.trails(ring(), taken.plusNanos(1))).isEmpty();
        assertThat(tree.trails(ring(), Instant.MAX)).isEmpty();
        assertThat(store.readTrails("mail", Instant.MIN)).hasSize(1);
    }

    @Test
    void objectsThatOnlyLookLikeATrailsAreNoRecords() {
        String[] displayNames = {"AUDIT-1.a", "audit-1", "audit-.a b", "audit-1.a"};
        for (int i = 0; i < displayNames.length; i++) {
            put("CN=junk-" + i, displayNames[i], i < 3 ? "\1x" : "no record");
        }
        put("CN=audit-9", "key-9.a", "\1x");
        put("CN=key-8", "audit-8.a", "\1x");
        LdapKeyRingStore store = TestDirectory.store(READER, holder);

        assertThat(names(store.read("mail"))).containsExactly("genesis.a", "key-9.a");
        assertThat(names(store.readTrails("mail", Instant.EPOCH))).containsExactly("audit-8.a");
    }

    @Test
    void administratorFindsOldCheckpointsAsTheDocumentSaysAndDeletesThem() throws Exception {
        LdapKeyRingStore store = TestDirectory.store(ROLLER, holder);
        store.add("mail", record(KEY, ID));
        store.add("mail", checkpoint(1));
        store.add("mail", checkpoint(2));

        assertThat(old("20250101")).isEmpty();
        for (SearchResultEntry entry : old("29990101")) {
            TestDirectory.as(ADMIN).delete(entry.getDN());
        }

        assertThat(names(store.readTrails("mail", Instant.EPOCH))).containsExactly(KEY + "." + ID);
        assertThat(names(store.read("mail"))).containsExactly("genesis.a");
    }

    private List<SearchResultEntry> old(String day) throws Exception {
        Matcher filter = Pattern.compile("'(\\(&\\(displayName=[^']*)'")
                .matcher(Files.readString(Path.of("docs/active-directory.md")));
        assertThat(filter.find()).isTrue();
        return TestDirectory.as(ADMIN)
                .search(ring().toString(), SearchScope.ONE, filter.group(1).replace("20250101", day), "1.1")
                .getSearchEntries();
    }

    private void put(String cn, String displayName, String photo) {
        try {
            TestDirectory.as(ADMIN)
                    .add(new Entry(
                            cn + ",CN=mail," + holder,
                            new Attribute("objectClass", "contact"),
                            new Attribute("displayName", displayName),
                            new Attribute("thumbnailPhoto", photo.getBytes(UTF_8))));
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    private DN ring() throws LDAPException {
        return new DN("CN=mail," + holder);
    }

    private static List<String> names(List<StoredRecord> records) {
        return records.stream().map(read -> read.name().toString()).toList();
    }

    private static StoredRecord checkpoint(int number) {
        return StoredRecord.of(
                new RecordName(String.format("%s-%019d", KEY, number), ID),
                "checkpoint ".repeat(50).getBytes(UTF_8));
    }

    private static StoredRecord record(String slot, String id) {
        return StoredRecord.of(new RecordName(slot, id), (slot + id).getBytes(UTF_8));
    }
}

package io.github.dkm4j.store.ldap;

import static io.github.dkm4j.store.ldap.TestDirectory.ADMIN;
import static io.github.dkm4j.store.ldap.TestDirectory.BASELINE;
import static io.github.dkm4j.store.ldap.TestDirectory.ROLLER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store does that refuses drift. */
class AclRefusalTest {
    private Instant now = Instant.parse("2026-03-01T10:00:00Z");
    private String holder = "";

    @BeforeEach
    void createRing() {
        holder = TestDirectory.provisioned();
        TestDirectory.store(ADMIN, holder).create("mail", List.of(record("genesis"), record("key-1")));
    }

    @AfterEach
    void delete() throws LDAPException {
        TestDirectory.delete(holder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CN=mail,"})
    void neitherReadsNorAddsUntilContainersAreMendedButRemoves(String ring) throws LDAPException {
        LdapKeyRingStore store = refusing(BASELINE);
        assertThat(store.read("mail")).hasSize(2);
        drift(ring + holder);
        now = now.plus(Duration.ofMinutes(5));

        for (Runnable use : List.<Runnable>of(
                () -> store.read("mail"),
                () -> store.add("mail", record("key-2")),
                () -> store.restore("mail", record("key-2")),
                () -> store.create("files", List.of()))) {
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(use::run)
                    .withMessageContaining(ring + holder + ": everyone (WD) is allowed to");
        }
        assertThat(store.remove("mail", record("key-1").name())).isTrue();
        assertThat(store.fixAcl()).isEmpty();
        assertThat(store.read("mail")).hasSize(1);
        assertThat(store.add("mail", record("key-2"))).isTrue();
    }

    @Test
    void whatARollerPutsIntoARingStopsNobody() throws LDAPException {
        new Directory(TestDirectory.as(ROLLER))
                .add(new Entry("CN=junk,CN=mail," + holder, new Attribute("objectClass", "contact")));
        drift("CN=key-1,CN=mail," + holder);
        LdapKeyRingStore store = refusing(BASELINE);

        assertThat(store.doubts())
                .anySatisfy(doubt -> assertThat(doubt).startsWith("CN=junk,CN=mail,"))
                .anySatisfy(doubt -> assertThat(doubt).startsWith("CN=key-1,CN=mail,"));
        assertThat(store.read("mail")).hasSize(2);
        assertThat(store.add("mail", record("key-2"))).isTrue();
    }

    @Test
    void refusesUntilListsWereLookedAtOnce() {
        LdapKeyRingStore store = refusing(AclBaseline.of("no-such-group", "no-such-group", "no-such-group"));

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> store.read("mail"))
                .withMessageContaining("could not be looked at: the directory shows no group no-such-group");
        assertThat(store.remove("mail", record("key-1").name())).isTrue();
    }

    private LdapKeyRingStore refusing(AclBaseline baseline) {
        return LdapKeyRingStore.over(TestDirectory.as(ADMIN), holder)
                .baseline(baseline)
                .clock(() -> now)
                .checkEvery(Duration.ofMinutes(5))
                .refuseDrift()
                .build();
    }

    private void drift(String dn) throws LDAPException {
        Directory admin = new Directory(TestDirectory.as(ADMIN));
        Demands groups = new Accounts(admin).demands(BASELINE);
        List<Ace> entries = new ArrayList<>(groups.ring().dacl().orElseThrow());
        entries.add(Ace.allow(Rights.READ, Sid.EVERYONE));
        admin.protect(new DN(dn), SecurityDescriptor.isolated(groups.administrators(), entries));
    }

    private static StoredRecord record(String slot) {
        return StoredRecord.of(new RecordName(slot, "a"), slot.getBytes(UTF_8));
    }
}

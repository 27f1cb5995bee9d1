package io.github.dkm4j.store.ldap;

import static io.github.dkm4j.store.ldap.TestDirectory.ADMIN;
import static io.github.dkm4j.store.ldap.TestDirectory.BASELINE;
import static io.github.dkm4j.store.ldap.TestDirectory.DOMAIN_ADMIN;
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
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Access control lists are set again by whom, in what order, and past what cannot be set. */
class AclFixTest {
    private final Directory admin = new Directory(TestDirectory.as(ADMIN));
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

    @Test
    void whatKeepsTheAdministratorsOutIsPassedOverAndIsToBeDeleted() throws LDAPException {
        keepAdministratorsOut("a-junk");
        keepAdministratorsOut("z-junk");
        drift("CN=key-1,CN=mail," + holder, Sid.EVERYONE, Rights.READ);
        drift("CN=mail," + holder, Sid.EVERYONE, Rights.READ);
        drift(holder, Sid.EVERYONE, Rights.READ);
        LdapKeyRingStore store = TestDirectory.store(ADMIN, holder);

        List<String> left = store.fixAcl();

        assertThat(left.subList(0, 2))
                .allSatisfy(line -> assertThat(line).contains("-junk,CN=mail," + holder + ": delete it: "))
                .anySatisfy(line -> assertThat(line).startsWith("CN=a-junk"))
                .anySatisfy(line -> assertThat(line).startsWith("CN=z-junk"));
        assertThat(left).allSatisfy(line -> assertThat(line).contains("-junk,CN=mail," + holder));
        assertThat(left.subList(2, left.size())).isEqualTo(store.checkAcl());
        admin.delete(new DN("CN=a-junk,CN=mail," + holder));
        admin.delete(new DN("CN=z-junk,CN=mail," + holder));
        assertThat(store.fixAcl()).isEmpty();
        assertThat(TestDirectory.store(READER, holder).read("mail")).hasSize(2);
    }

    @Test
    void aHundredAreNamedAndTheOthersCounted() throws LDAPException {
        for (int i = 0; i < AclFix.MOST_TOLD + 2; i++) {
            keepAdministratorsOut("junk-" + i);
        }

        List<String> left = TestDirectory.store(ADMIN, holder).fixAcl();

        assertThat(left.subList(0, AclFix.MOST_TOLD))
                .allSatisfy(line -> assertThat(line).contains(": delete it: "));
        assertThat(left.get(AclFix.MOST_TOLD)).isEqualTo("and 2 more, which this account may not set either");
    }

    @Test
    void whatIsInRingsIsSetFirstAndTheContainerLast() throws LDAPException {
        String record = "CN=key-1,CN=mail," + holder;
        String ring = "CN=mail," + holder;
        for (String dn : List.of(record, ring, holder)) {
            drift(dn, Sid.EVERYONE, Rights.READ);
        }

        assertThat(TestDirectory.store(ADMIN, holder).fixAcl()).isEmpty();

        assertThat(changedAt(record)).isLessThan(changedAt(ring));
        assertThat(changedAt(ring)).isLessThan(changedAt(holder));
    }

    @Test
    void whatIsOnlyShownOnceItsContainerIsMendedIsMendedToo() throws LDAPException {
        drift("CN=key-1,CN=mail," + holder, Sid.EVERYONE, Rights.READ);
        for (String dn : List.of("CN=mail," + holder, holder)) {
            Demands groups = new Accounts(admin).demands(BASELINE);
            admin.protect(
                    new DN(dn),
                    SecurityDescriptor.isolated(groups.administrators(), List.of(Ace.allow(Rights.FULL, Sid.SYSTEM))));
        }

        assertThat(TestDirectory.store(ADMIN, holder).fixAcl()).isEmpty();

        assertThat(TestDirectory.store(READER, holder).read("mail")).hasSize(2);
    }

    @Test
    void whoIsNoAdministratorSetsNothingWhateverRightsItHas() throws Exception {
        String record = "CN=key-1,CN=mail," + holder;
        for (String dn : List.of(record, "CN=mail," + holder, holder)) {
            drift(dn, TestDirectory.sidOf(OTHER), Rights.FULL);
        }
        byte[] before = descriptor(record);
        LdapKeyRingStore store = TestDirectory.store(OTHER, holder);
        assertThat(store.checkAcl()).isNotEmpty();

        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(store::fixAcl)
                .withMessageContaining("this account is none, whatever else it may do");

        assertThat(descriptor(record)).isEqualTo(before);
        assertThat(TestDirectory.store(ADMIN, holder).fixAcl()).isEmpty();
    }

    @Test
    void administratorOfTheDomainMayMendWhatItIsLetInto() throws LDAPException {
        Sid domainAdmins = new Accounts(admin).domainAdmins().orElseThrow();
        for (String dn : List.of("CN=key-1,CN=mail," + holder, "CN=mail," + holder, holder)) {
            drift(dn, domainAdmins, Rights.FULL);
        }

        TestDirectory.store(DOMAIN_ADMIN, holder).fixAcl();

        assertThat(TestDirectory.store(ADMIN, holder).checkAcl()).isEmpty();
    }

    @Test
    void containersAreNotToBeDeleted() {
        assertThat(TestDirectory.store(DOMAIN_ADMIN, holder).fixAcl())
                .first()
                .asString()
                .startsWith(holder + ": let one of the domain's administrators take ownership of it; ");
    }

    /** As a roller, which then owns the object. */
    private void keepAdministratorsOut(String cn) throws LDAPException {
        Sid roller = TestDirectory.sidOf(ROLLER);
        new Directory(TestDirectory.as(ROLLER))
                .add(
                        new Entry("CN=" + cn + ",CN=mail," + holder, new Attribute("objectClass", "contact")),
                        SecurityDescriptor.isolated(roller, List.of(Ace.allow(Rights.FULL, roller))));
    }

    private void drift(String dn, Sid somebody, int rights) throws LDAPException {
        Demands groups = new Accounts(admin).demands(BASELINE);
        SecurityDescriptor good = dn.startsWith("CN=mail,") ? groups.ring() : groups.plain();
        List<Ace> entries = new ArrayList<>(good.dacl().orElseThrow());
        entries.add(Ace.allow(rights, somebody));
        admin.protect(new DN(dn), SecurityDescriptor.isolated(groups.administrators(), entries));
    }

    private byte[] descriptor(String dn) throws LDAPException {
        return admin.find(new DN(dn), Directory.DESCRIPTOR)
                .map(entry -> entry.getAttributeValueBytes(Directory.DESCRIPTOR))
                .orElseThrow();
    }

    private long changedAt(String dn) throws LDAPException {
        return Optional.ofNullable(TestDirectory.as(ADMIN).getEntry(dn, "uSNChanged"))
                .map(entry -> entry.getAttributeValueAsLong("uSNChanged"))
                .orElseThrow();
    }

    private static StoredRecord record(String slot) {
        return StoredRecord.of(new RecordName(slot, "a"), slot.getBytes(UTF_8));
    }
}

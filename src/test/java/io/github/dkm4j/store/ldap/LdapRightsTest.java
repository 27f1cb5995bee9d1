package io.github.dkm4j.store.ldap;

import static io.github.dkm4j.store.ldap.TestDirectory.ADMIN;
import static io.github.dkm4j.store.ldap.TestDirectory.OTHER;
import static io.github.dkm4j.store.ldap.TestDirectory.READER;
import static io.github.dkm4j.store.ldap.TestDirectory.ROLLER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.unboundid.asn1.ASN1OctetString;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Control;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.ModifyRequest;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is shown what, and may do what: by LDAP's own operations, as each account. */
class LdapRightsTest {
    private String holder = "";

    @BeforeEach
    void createRing() {
        holder = TestDirectory.provisioned();
        TestDirectory.store(ADMIN, holder).create("mail", List.of(record("genesis", "a"), record("key-1", "b")));
    }

    @AfterEach
    void delete() throws LDAPException {
        TestDirectory.delete(holder);
    }

    @Test
    void whoIsInNoGroupIsShownNothingButTheContainersName() throws LDAPException {
        List<SearchResultEntry> all = search(OTHER, holder, SearchScope.SUB);

        assertThat(all).singleElement().satisfies(entry -> {
            assertThat(entry.getParsedDN()).isEqualTo(new DN(holder));
            assertThat(entry.getAttributes()).isEmpty();
        });
        assertThat(search(OTHER, ring(), SearchScope.BASE)).isEmpty();
        assertThat(search(OTHER, ring(), SearchScope.SUB)).isEmpty();
        assertThat(search(OTHER, object("genesis"), SearchScope.BASE)).isEmpty();
        assertThat(search(OTHER, object("key-1"), SearchScope.BASE)).isEmpty();
        assertThat(search(OTHER, "CN=Program Data," + TestDirectory.BASE, SearchScope.SUB))
                .noneSatisfy(entry -> assertThat(entry.getDN()).contains("CN=mail"));
    }

    @Test
    void domainAdministratorWhoIsInNoGroupIsShownNothingEither() throws LDAPException {
        assertThat(search(TestDirectory.DOMAIN_ADMIN, object("key-1"), SearchScope.BASE))
                .isEmpty();
    }

    @Test
    void whoIsInNoGroupFindsNoRingAndCanPutNoneThere() {
        LdapKeyRingStore store = TestDirectory.store(OTHER, holder);

        assertThat(store.read("mail")).isEmpty();
        assertThatExceptionOfType(RingNotFound.class).isThrownBy(() -> store.add("mail", record("key-2", "x")));
        assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> store.create("other", List.of()));
        assertThat(addRaw(OTHER, object("key-2"), "contact")).isNotEqualTo(ResultCode.SUCCESS);
        assertThat(deleteRaw(OTHER, object("key-1"))).isNotEqualTo(ResultCode.SUCCESS);
    }

    @Test
    void readerReadsAndDoesNothingElse() {
        LdapKeyRingStore store = TestDirectory.store(READER, holder);

        assertThat(store.read("mail")).hasSize(2);
        assertThat(store.doubts()).isEmpty();
        assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> store.add("mail", record("key-2", "x")));
        assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> store.create("other", List.of()));
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> store.remove("mail", record("key-1", "b").name()));
        assertThat(addRaw(READER, object("key-2"), "contact")).isEqualTo(ResultCode.INSUFFICIENT_ACCESS_RIGHTS);
        cannotTouch(READER, object("key-1"));
        cannotTouch(READER, ring());
        cannotTouch(READER, holder);
    }

    @Test
    void rollerAddsAndCannotTouchWhatItHasAdded() {
        LdapKeyRingStore store = TestDirectory.store(ROLLER, holder);

        assertThat(store.add("mail", record("key-2", "c"))).isTrue();
        assertThat(store.restore("mail", record("key-2", "d"))).isTrue();

        assertThat(store.read("mail"))
                .extracting(read -> read.name().toString())
                .containsExactly("genesis.a", "key-1.b", "key-2.c", "key-2.d");
        cannotTouch(ROLLER, object("key-2"));
        cannotTouch(ROLLER, object("key-1"));
        cannotTouch(ROLLER, ring());
        cannotTouch(ROLLER, holder);
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> store.remove("mail", record("key-2", "c").name()));
        assertThat(store.checkAcl()).isEmpty();
        assertThat(search(OTHER, object("key-2"), SearchScope.BASE)).isEmpty();
        assertThat(TestDirectory.store(READER, holder).read("mail")).hasSize(4);
    }

    @Test
    void rollerMakesRecordsAndNoOtherObjects() {
        LdapKeyRingStore store = TestDirectory.store(ROLLER, holder);

        assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> store.create("other", List.of()));
        assertThat(addRaw(ROLLER, object("sub"), "container")).isEqualTo(ResultCode.INSUFFICIENT_ACCESS_RIGHTS);
        assertThat(addRaw(ROLLER, "CN=x," + object("key-1"), "contact")).isNotEqualTo(ResultCode.SUCCESS);
        assertThat(addRaw(ROLLER, "CN=x," + holder, "contact")).isEqualTo(ResultCode.INSUFFICIENT_ACCESS_RIGHTS);
    }

    /** Of stock classes one may be below a contact, and whoever owns the contact may put it there. */
    @Test
    void recordThatARollerPutsSomethingBelowIsNotRemovedAndItsOthersAre() throws LDAPException {
        Directory roller = new Directory(TestDirectory.as(ROLLER));
        SecurityDescriptor mine = SecurityDescriptor.isolated(
                TestDirectory.sidOf(ROLLER), List.of(Ace.allow(Rights.FULL, TestDirectory.sidOf(ROLLER))));
        Entry forged = RecordEntry.besideARival(new DN(ring()), record("key-1", "b"));
        Entry below =
                new Entry("CN=below," + forged.getDN(), new Attribute("objectClass", "ms-net-ieee-80211-GroupPolicy"));
        List<Ace> shownToo = new ArrayList<>(mine.dacl().orElseThrow());
        shownToo.add(Ace.allow(Rights.READ, Sid.AUTHENTICATED_USERS));
        roller.add(forged, SecurityDescriptor.isolated(TestDirectory.sidOf(ROLLER), shownToo));
        roller.add(below, mine);
        try {
            LdapKeyRingStore store = TestDirectory.store(ADMIN, holder);

            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> store.remove("mail", record("key-1", "b").name()))
                    .withMessageContaining(forged.getDN())
                    .withMessageContaining("a domain administrator takes ownership of what is below and deletes it");

            assertThat(search(ADMIN, object("key-1"), SearchScope.BASE)).isEmpty();
            assertThat(deleteRaw(ADMIN, below.getDN())).isNotEqualTo(ResultCode.SUCCESS);
            takeOwnership(below.getDN());
            assertThat(deleteRaw(TestDirectory.DOMAIN_ADMIN, below.getDN())).isEqualTo(ResultCode.SUCCESS);
            assertThat(store.remove("mail", record("key-1", "b").name())).isTrue();
        } finally {
            deleteRaw(ROLLER, below.getDN());
            deleteRaw(ROLLER, forged.getDN());
        }
    }

    /** As an administrator of the domain: first the owner, who may then set the list. */
    private static void takeOwnership(String dn) throws LDAPException {
        Sid self = TestDirectory.sidOf(TestDirectory.DOMAIN_ADMIN);
        SecurityDescriptor own = SecurityDescriptor.isolated(self, List.of(Ace.allow(Rights.FULL, self)));
        Control ownerOnly =
                new Control("1.2.840.113556.1.4.801", true, new ASN1OctetString(new byte[] {0x30, 3, 2, 1, 1}));
        Modification owner = new Modification(ModificationType.REPLACE, Directory.DESCRIPTOR, own.bytes());
        TestDirectory.as(TestDirectory.DOMAIN_ADMIN)
                .modify(new ModifyRequest(dn, new Modification[] {owner}, new Control[] {ownerOnly}));
        new Directory(TestDirectory.as(TestDirectory.DOMAIN_ADMIN)).protect(new DN(dn), own);
    }

    /** Samba lets an owner change the list whatever the list says of owners; so the store names another owner. */
    @Test
    void recordThatARollerPutsThereUnderItsOwnNameIsFound() throws LDAPException {
        Directory directory = new Directory(TestDirectory.as(ROLLER));
        Demands demands = new Accounts(directory).demands(TestDirectory.BASELINE);
        directory.add(
                RecordEntry.of(new DN(ring()), record("key-2", "c")),
                demands.plain().ownerless());

        assertThat(TestDirectory.store(READER, holder).checkAcl())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding).startsWith("CN=key-2,CN=mail,").contains("is owned by"));
    }

    @Test
    void rivalThatReplicationRenamedIsReadAndHoldsItsSlot() throws LDAPException {
        LdapKeyRingStore store = TestDirectory.store(ADMIN, holder);
        Entry rival = RecordEntry.of(new DN(ring()), record("key-2", "c"));
        rival.setDN("CN=key-2\\0ACNF:" + UUID.randomUUID() + "," + ring());
        TestDirectory.as(ADMIN).add(rival);

        assertThat(store.add("mail", record("key-2", "d"))).isFalse();
        assertThat(store.restore("mail", record("key-2", "d"))).isTrue();

        assertThat(store.read("mail"))
                .extracting(read -> read.name().toString())
                .containsExactly("genesis.a", "key-1.b", "key-2.c", "key-2.d");
        assertThat(store.remove("mail", record("key-2", "c").name())).isTrue();
        assertThat(store.read("mail")).hasSize(3);
    }

    @Test
    void moreThanAPageOfRecordsIsReadByWhoMayAndNotByWhoMayNot() {
        List<StoredRecord> records = IntStream.range(1_000, 2_201)
                .mapToObj(i -> record("key-" + i, "x"))
                .toList();
        TestDirectory.store(ADMIN, holder).create("many", records);

        assertThat(TestDirectory.store(READER, holder).read("many"))
                .extracting(StoredRecord::name)
                .containsExactlyElementsOf(
                        records.stream().map(StoredRecord::name).toList());
        assertThat(TestDirectory.store(OTHER, holder).read("many")).isEmpty();
    }

    private static void cannotTouch(String account, String dn) {
        assertThat(List.of(
                        TestDirectory.modify(
                                account, dn, ModificationType.REPLACE, "thumbnailPhoto", "x".getBytes(UTF_8)),
                        TestDirectory.modify(account, dn, ModificationType.REPLACE, "displayName", "x".getBytes(UTF_8)),
                        TestDirectory.modify(account, dn, ModificationType.DELETE, "thumbnailPhoto", new byte[0]),
                        renameRaw(account, dn),
                        deleteRaw(account, dn),
                        takeRaw(account, dn, false),
                        takeRaw(account, dn, true)))
                .as(account + " " + dn)
                .doesNotContain(ResultCode.SUCCESS)
                .contains(ResultCode.INSUFFICIENT_ACCESS_RIGHTS);
    }

    private static ResultCode takeRaw(String account, String dn, boolean owner) {
        SecurityDescriptor open =
                SecurityDescriptor.isolated(Sid.EVERYONE, List.of(Ace.allow(Rights.FULL, Sid.AUTHENTICATED_USERS)));
        try {
            new Directory(TestDirectory.as(account)).protect(new DN(dn), owner ? open : open.ownerless());
            return ResultCode.SUCCESS;
        } catch (LDAPException e) {
            return e.getResultCode();
        }
    }

    private static ResultCode renameRaw(String account, String dn) {
        try {
            return TestDirectory.as(account).modifyDN(dn, "CN=renamed", true).getResultCode();
        } catch (LDAPException e) {
            return e.getResultCode();
        }
    }

    private static ResultCode deleteRaw(String account, String dn) {
        try {
            return TestDirectory.as(account).delete(dn).getResultCode();
        } catch (LDAPException e) {
            return e.getResultCode();
        }
    }

    private static ResultCode addRaw(String account, String dn, String objectClass) {
        try {
            return TestDirectory.as(account)
                    .add(new Entry(dn, new Attribute("objectClass", objectClass)))
                    .getResultCode();
        } catch (LDAPException e) {
            return e.getResultCode();
        }
    }

    private static List<SearchResultEntry> search(String account, String dn, SearchScope scope) {
        try {
            return TestDirectory.as(account)
                    .search(dn, scope, "(objectClass=*)", "*", "nTSecurityDescriptor")
                    .getSearchEntries();
        } catch (LDAPSearchException e) {
            assertThat(e.getResultCode()).isEqualTo(ResultCode.NO_SUCH_OBJECT);
            return e.getSearchEntries();
        }
    }

    private String ring() {
        return "CN=mail," + holder;
    }

    private String object(String cn) {
        return "CN=" + cn + "," + ring();
    }

    private static StoredRecord record(String slot, String id) {
        return StoredRecord.of(new RecordName(slot, id), (slot + id).getBytes(UTF_8));
    }
}

package io.github.dkm4j.store.ldap;

import static io.github.dkm4j.store.ldap.TestDirectory.ADMIN;
import static io.github.dkm4j.store.ldap.TestDirectory.BASE;
import static io.github.dkm4j.store.ldap.TestDirectory.BASELINE;
import static io.github.dkm4j.store.ldap.TestDirectory.DOMAIN_ADMIN;
import static io.github.dkm4j.store.ldap.TestDirectory.READER;
import static io.github.dkm4j.store.ldap.TestDirectory.ROLLER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Access control lists that somebody has changed are found and set again. */
class AclCheckTest {
    private static final int PROTECTED = 0x1000;

    private Instant now = Instant.parse("2026-03-01T10:00:00Z");
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

    enum Drift {
        WIDER_READER("authenticated users (AU) is allowed to: read properties; (A;;RP;;;AU)"),
        RUNTIME_GROUP_MAY_DELETE("the rollers"),
        RUNTIME_GROUP_MAY_WRITE("the readers"),
        RUNTIME_GROUP_MAY_CHANGE_THE_LIST("change the access control list"),
        CREATES_OTHER_CHILDREN("create children; (OA;;CC;bf967a86-0de6-11d0-a285-00aa003049e2;;"),
        INHERITS("inheritance is on"),
        FOREIGN_OWNER("is owned by"),
        READER_MISSING("the readers"),
        READER_DENIED("is denied: read properties"),
        OWNER_RIGHTS_MISSING("the owner as such (OW) is not allowed to: read the security descriptor"),
        HANDED_DOWN("(A;CI;LC;;;WD)");

        private final String said;

        Drift(String said) {
            this.said = said;
        }

        SecurityDescriptor of(SecurityDescriptor good, Demands groups, Sid stranger) {
            List<Ace> entries = new ArrayList<>(good.dacl().orElseThrow());
            int control = good.control();
            Optional<Sid> owner = good.owner();
            switch (this) {
                case WIDER_READER -> entries.add(Ace.allow(Rights.READ_PROPERTY, Sid.AUTHENTICATED_USERS));
                case RUNTIME_GROUP_MAY_DELETE -> entries.add(Ace.allow(Rights.DELETE, groups.rollers()));
                case RUNTIME_GROUP_MAY_WRITE -> entries.add(Ace.allow(Rights.WRITE_PROPERTY, groups.readers()));
                case RUNTIME_GROUP_MAY_CHANGE_THE_LIST -> entries.add(Ace.allow(Rights.WRITE_DAC, groups.rollers()));
                case CREATES_OTHER_CHILDREN ->
                    entries.add(Ace.allowChildren(
                            UUID.fromString("bf967a86-0de6-11d0-a285-00aa003049e2"), groups.rollers()));
                case INHERITS -> control &= ~PROTECTED;
                case FOREIGN_OWNER -> owner = Optional.of(stranger);
                case READER_MISSING -> entries.removeIf(entry -> entry.sid().equals(groups.readers()));
                case READER_DENIED ->
                    entries.add(
                            0,
                            new Ace(1, 0, Rights.READ_PROPERTY, Optional.empty(), Optional.empty(), groups.readers()));
                case OWNER_RIGHTS_MISSING ->
                    entries.removeIf(entry -> entry.sid().equals(Sid.OWNER_RIGHTS));
                case HANDED_DOWN ->
                    entries.add(new Ace(0, 2, Rights.LIST, Optional.empty(), Optional.empty(), Sid.EVERYONE));
            }
            return new SecurityDescriptor(control, owner, owner, Optional.of(entries));
        }
    }

    @ParameterizedTest
    @EnumSource
    void driftOfARecordIsFoundAndMended(Drift drift) throws Exception {
        isFoundAndMended(drift, "CN=key-1,CN=mail," + holder, false);
    }

    @ParameterizedTest
    @EnumSource
    void driftOfARingIsFoundAndMended(Drift drift) throws Exception {
        isFoundAndMended(drift, "CN=mail," + holder, true);
    }

    @ParameterizedTest
    @EnumSource
    void driftOfTheContainerIsFoundAndMended(Drift drift) throws Exception {
        isFoundAndMended(drift, holder, false);
    }

    private void isFoundAndMended(Drift drift, String dn, boolean ring) throws Exception {
        LdapKeyRingStore store = TestDirectory.store(ADMIN, holder);
        assertThat(store.checkAcl()).isEmpty();
        Demands groups = new Accounts(admin).demands(BASELINE);
        SecurityDescriptor good = ring ? groups.ring() : groups.plain();
        admin.protect(new DN(dn), drift.of(good, groups, TestDirectory.sidOf(TestDirectory.OTHER)));

        assertThat(store.checkAcl())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding).startsWith(dn + ": "))
                .anySatisfy(finding -> assertThat(finding).contains(drift.said));
        assertThat(store.fixAcl()).isEmpty();
        assertThat(store.checkAcl()).isEmpty();
        assertThat(TestDirectory.store(READER, holder).read("mail")).hasSize(2);
    }

    @Test
    void objectWithTheDirectorysDefaultListIsFoundAndMended() throws LDAPException {
        admin.add(new Entry(
                "CN=stray,CN=mail," + holder, new Attribute("objectClass", "contact"), new Attribute("sn", "stray")));
        LdapKeyRingStore store = TestDirectory.store(ADMIN, holder);

        assertThat(store.checkAcl())
                .anySatisfy(finding -> assertThat(finding)
                        .startsWith("CN=stray,CN=mail,")
                        .contains("authenticated users (AU) is allowed to: list children, read properties"));
        assertThat(store.fixAcl()).isEmpty();
    }

    @Test
    void objectThatVanishesByItselfIsFound() throws LDAPException {
        Demands groups = new Accounts(admin).demands(BASELINE);
        Entry record = RecordEntry.of(new DN("CN=mail," + holder), record("key-2"));
        record.addAttribute("objectClass", "dynamicObject");
        new Directory(TestDirectory.as(ROLLER)).add(record, groups.plain());

        assertThat(TestDirectory.store(READER, holder).doubts())
                .containsExactly("CN=key-2,CN=mail," + holder
                        + ": is a dynamic object: the directory deletes it by itself when its time is up");
    }

    @Test
    void controlCharactersOfNamesAreEscaped() throws LDAPException {
        new Directory(TestDirectory.as(ROLLER))
                .add(new Entry(
                        "CN=a\u001b[1m\u202eb\u2028c,CN=mail," + holder, new Attribute("objectClass", "contact")));

        assertThat(TestDirectory.store(ADMIN, holder).checkAcl())
                .isNotEmpty()
                .allSatisfy(finding ->
                        assertThat(finding).startsWith("CN=a\\u001b[1m\\u202eb\\u2028c,CN=mail," + holder + ": "));
    }

    @Test
    void administratorsOfAnotherDomainAreForeigners() throws LDAPException {
        Demands groups = new Accounts(admin).demands(BASELINE);
        DN dn = new DN("CN=key-1,CN=mail," + holder);
        LdapKeyRingStore store = TestDirectory.store(READER, holder);
        List<Ace> entries = groups.plain().dacl().orElseThrow();

        admin.protect(dn, SecurityDescriptor.isolated(Sid.of("S-1-5-21-1-2-3-512"), entries));
        assertThat(store.checkAcl())
                .containsExactly(dn + ": is owned by S-1-5-21-1-2-3-512, who is none of the administrators");

        admin.protect(
                dn,
                SecurityDescriptor.isolated(new Accounts(admin).domainAdmins().orElseThrow(), entries));
        assertThat(store.checkAcl()).isEmpty();
    }

    @Test
    void ringThatDiffersIsFoundBehindAnyNumberOfOtherObjects() throws LDAPException {
        try (MemoryController server = new MemoryController()) {
            server.add(RingWriter.container(new DN(new RDN("CN", "a"), new DN(MemoryController.HOLDER))));
            for (int i = 0; i <= AclCheck.MOST; i++) {
                server.add(new Entry(
                        "CN=" + i + ",CN=a," + MemoryController.HOLDER, new Attribute("objectClass", "contact")));
            }
            server.add(RingWriter.container(new DN(new RDN("CN", "b"), new DN(MemoryController.HOLDER))));

            assertThat(server.store().checkAcl())
                    .hasSize(3 + AclCheck.MOST + 1)
                    .endsWith("1000 objects in rings differ, and the others there were not looked at")
                    .startsWith(
                            MemoryController.HOLDER + ": this account may not read its security descriptor",
                            "CN=a," + MemoryController.HOLDER + ": this account may not read its security descriptor",
                            "CN=b," + MemoryController.HOLDER + ": this account may not read its security descriptor");
        }
    }

    @Test
    void objectWithAnyNumberOfEntriesIsToldInFewLinesAndItsOwnerIsAmongThem() throws LDAPException {
        try (MemoryController server = new MemoryController(new Attribute("defaultNamingContext", "DC=test"))) {
            server.add(RingWriter.container(new DN("CN=a," + MemoryController.HOLDER)));
            server.add(withEntries("CN=x,CN=a," + MemoryController.HOLDER, 1_800));

            assertThat(server.store().checkAcl())
                    .filteredOn(finding -> finding.startsWith("CN=x,"))
                    .hasSize(Few.MOST + 1)
                    .anySatisfy(finding -> assertThat(finding).contains("is owned by S-1-5-21-9-9-9-1,"))
                    .last()
                    .asString()
                    .matches(".*: and \\d{4} more");
        }
    }

    @Test
    void anyNumberOfObjectsWithManyEntriesIsToldInBoundedLines() throws LDAPException {
        try (MemoryController server = new MemoryController(new Attribute("defaultNamingContext", "DC=test"))) {
            server.add(RingWriter.container(new DN("CN=a," + MemoryController.HOLDER)));
            for (int i = 0; i < 400; i++) {
                server.add(withEntries("CN=" + i + ",CN=a," + MemoryController.HOLDER, 20));
            }

            AclFindings found = new AclCheck(
                            new Directory(server.pool()),
                            new DN(MemoryController.HOLDER),
                            new Accounts(new Directory(server.pool())),
                            new Accounts(new Directory(server.pool())).demands(MemoryController.BASELINE))
                    .run();

            assertThat(found.records())
                    .hasSizeBetween(AclCheck.MOST_LINES - Few.MOST, AclCheck.MOST_LINES + 1)
                    .last()
                    .asString()
                    .isEqualTo("333 objects in rings differ, and the others there were not looked at");
        }
    }

    /** An object of a stranger's, with entries for so many other strangers. */
    private static Entry withEntries(String dn, int entries) {
        List<Ace> many = IntStream.range(0, entries)
                .mapToObj(i -> Ace.allow(Rights.READ, Sid.of("S-1-5-21-9-9-9-" + (i + 1))))
                .toList();
        return new Entry(
                dn,
                new Attribute("objectClass", "contact"),
                new Attribute(
                        Directory.DESCRIPTOR,
                        SecurityDescriptor.isolated(Sid.of("S-1-5-21-9-9-9-1"), many)
                                .bytes()));
    }

    @Test
    void ringThatReplicationRenamedIsADoubtAndNoDrift() throws LDAPException {
        Demands groups = new Accounts(admin).demands(BASELINE);
        String dn = "CN=mail\\0ACNF:" + UUID.randomUUID() + "," + holder;
        admin.add(RingWriter.container(new DN(dn)), groups.ring());
        LdapKeyRingStore store = TestDirectory.store(READER, holder);

        assertThat(store.doubts()).singleElement().asString().contains("through another domain controller");
        assertThat(store.checkAcl()).isEmpty();
        assertThat(store.read("mail")).hasSize(2);
    }

    @Test
    void readersAndRollersCanCheckAndCannotMend() throws LDAPException {
        drift("CN=key-1,CN=mail," + holder);

        for (String account : List.of(READER, ROLLER)) {
            LdapKeyRingStore store = TestDirectory.store(account, holder);
            assertThat(store.checkAcl()).hasSize(1);
            assertThatExceptionOfType(AccessDenied.class).isThrownBy(store::fixAcl);
        }
    }

    @Test
    void accountThatMayNotReadTheListsIsToldSo() {
        assertThat(TestDirectory.store(TestDirectory.OTHER, holder).checkAcl())
                .singleElement()
                .asString()
                .contains("this account may not read its security descriptor");
    }

    @Test
    void containerThatIsNotThereIsAFinding() {
        assertThat(TestDirectory.store(ADMIN, TestDirectory.newHolder()).checkAcl())
                .singleElement()
                .asString()
                .contains("is not there");
    }

    @Test
    void doubtsLookAgainOnlyWhenItIsTime() throws LDAPException {
        LdapKeyRingStore store = LdapKeyRingStore.over(TestDirectory.as(READER), holder)
                .baseline(BASELINE)
                .clock(() -> now)
                .build();
        assertThat(store.doubts()).isEmpty();
        drift("CN=key-1,CN=mail," + holder);

        now = now.plus(Duration.ofHours(24)).minusNanos(1);
        assertThat(store.doubts()).isEmpty();
        now = now.plusNanos(1);
        assertThat(store.doubts()).hasSize(1);
        TestDirectory.store(ADMIN, holder).fixAcl();
        assertThat(store.doubts()).hasSize(1);
        now = now.minusSeconds(1);
        assertThat(store.doubts()).isEmpty();
    }

    @Test
    void provisioningAgainChangesNothing() {
        assertThat(LdapKeyRingStore.over(TestDirectory.as(ADMIN), holder)
                        .baseline(BASELINE)
                        .provision())
                .isFalse();
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(LdapKeyRingStore.over(TestDirectory.as(DOMAIN_ADMIN), holder)
                        .baseline(BASELINE)::provision)
                .withMessageContaining("ask as one of the administrators");
    }

    @Test
    void provisioningLeavesAContainerWithAnotherListAlone() throws LDAPException {
        drift(holder);
        Optional<byte[]> before = descriptor(holder);
        LdapKeyRingStoreBuilder builder =
                LdapKeyRingStore.over(TestDirectory.as(ADMIN), holder).baseline(BASELINE);

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(builder::provision)
                .withMessageContaining("was not touched: everyone (WD) is allowed to");

        assertThat(descriptor(holder).orElseThrow()).isEqualTo(before.orElseThrow());
    }

    @Test
    void accountWithoutTheRightCannotProvision() {
        LdapKeyRingStoreBuilder builder = LdapKeyRingStore.over(TestDirectory.as(READER), TestDirectory.newHolder())
                .baseline(BASELINE);

        assertThatExceptionOfType(AccessDenied.class).isThrownBy(builder::provision);
    }

    @Test
    void groupsAreGivenByIdentifierByDistinguishedNameOrByName() throws Exception {
        Demands byName = new Accounts(admin).demands(BASELINE);
        Demands others = new Accounts(admin)
                .demands(AclBaseline.of(
                        byName.readers().toString(),
                        "CN=" + TestDirectory.ROLLERS + ",CN=Users," + BASE,
                        "dkm admins"));

        assertThat(others).isEqualTo(byName);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"no-such-group", "*", "DKM *", "svc-other", "CN=svc-other,CN=Users," + BASE, "CN=none," + BASE})
    void whatIsNoGroupIsRefused(String group) {
        LdapKeyRingStore store = LdapKeyRingStore.over(TestDirectory.as(ADMIN), holder)
                .baseline(AclBaseline.of(group, TestDirectory.ROLLERS, TestDirectory.ADMINS))
                .build();

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(store::checkAcl)
                .withMessageContaining(group);
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> store.add("mail", record("key-2")));
        assertThat(store.read("mail")).hasSize(2);
    }

    @Test
    void nameOfTwoGroupsAndDistributionListsAreRefused() throws LDAPException {
        Directory domain = new Directory(TestDirectory.as(DOMAIN_ADMIN));
        String name = "twice-" + UUID.randomUUID().toString().substring(0, 8);
        DN first = new DN("CN=" + name + ",CN=Users," + BASE);
        DN second = new DN("CN=" + name + ",CN=Computers," + BASE);
        domain.add(group(first, name + "-1", "-2147483646"));
        domain.add(group(second, name + "-2", "2"));
        try {
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> new Accounts(admin).demands(AclBaseline.of(name, name, name)))
                    .withMessageContaining("there are several groups " + name);
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> new Accounts(admin).demands(AclBaseline.of(name + "-2", name, name)))
                    .withMessageContaining("is no security group");
        } finally {
            domain.delete(first);
            domain.delete(second);
        }
    }

    @Test
    void thereIsNoStoreWithoutABaselineOrWithABadName() {
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        LdapKeyRingStore.over(TestDirectory.as(ADMIN), holder).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LdapKeyRingStore.over(TestDirectory.as(ADMIN), "no name"));
    }

    private static Entry group(DN dn, String account, String type) {
        return new Entry(
                dn,
                new Attribute("objectClass", "group"),
                new Attribute("sAMAccountName", account),
                new Attribute("groupType", type));
    }

    private void drift(String dn) throws LDAPException {
        Demands groups = new Accounts(admin).demands(BASELINE);
        List<Ace> entries = new ArrayList<>(groups.plain().dacl().orElseThrow());
        entries.add(Ace.allow(Rights.READ, Sid.EVERYONE));
        admin.protect(new DN(dn), SecurityDescriptor.isolated(groups.administrators(), entries));
    }

    private Optional<byte[]> descriptor(String dn) throws LDAPException {
        return admin.find(new DN(dn), Directory.DESCRIPTOR)
                .map(entry -> entry.getAttributeValueBytes(Directory.DESCRIPTOR));
    }

    private static StoredRecord record(String slot) {
        return StoredRecord.of(new RecordName(slot, "a"), slot.getBytes(UTF_8));
    }
}

package io.github.dkm4j.store.ldap;

import static io.github.dkm4j.store.ldap.MemoryController.BASELINE;
import static io.github.dkm4j.store.ldap.MemoryController.HOLDER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What replication, a second controller, failures and other people's objects do to a ring. */
class LdapReplicationTest {
    private static final String RING = "CN=mail," + HOLDER;

    private final MemoryController one = new MemoryController();
    private final MemoryController two = new MemoryController();
    private final KeyRingStore store = one.store();

    @BeforeEach
    void createRing() {
        store.create("mail", List.of(record("genesis", "a", "root")));
        one.replicateTo(two);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void recordsThatTwoControllersTookForOneSlotAreReadAsRivals() {
        assertThat(store.add("mail", record("key-1", "a", "first"))).isTrue();
        assertThat(two.store().add("mail", record("key-1", "b", "second"))).isTrue();

        two.replicateTo(one);

        assertThat(names(store)).containsExactly("genesis.a", "key-1.a", "key-1.b");
        assertThat(store.add("mail", record("key-1", "c", "third"))).isFalse();
        assertThat(store.remove("mail", new RecordName("key-1", "b"))).isTrue();
        assertThat(names(store)).containsExactly("genesis.a", "key-1.a");
    }

    @Test
    void slotStaysTakenWhenOnlyTheRenamedRivalIsLeft() {
        store.add("mail", record("key-1", "a", "first"));
        two.store().add("mail", record("key-1", "b", "second"));
        two.replicateTo(one);
        store.remove("mail", new RecordName("key-1", "a"));

        assertThat(store.add("mail", record("key-1", "c", "third"))).isFalse();
        assertThat(store.restore("mail", record("key-1", "a", "first"))).isTrue();
        assertThat(names(store)).containsExactly("genesis.a", "key-1.a", "key-1.b");
    }

    @Test
    void recordThatWasPutBackThroughTwoControllersIsReadOnceAndRemovedWhole() {
        store.add("mail", record("key-1", "a", "rival"));
        one.replicateTo(two);
        store.restore("mail", record("key-1", "b", "lost"));
        one.add(object("CN=other", "key-1.b", "lost", "20260301100005.0Z"));

        assertThat(names(store)).containsExactly("genesis.a", "key-1.a", "key-1.b");
        assertThat(store.read("mail").get(2).storedAt()).contains(Instant.parse("2026-03-01T10:00:01Z"));
        assertThat(store.remove("mail", new RecordName("key-1", "b"))).isTrue();
        assertThat(names(store)).containsExactly("genesis.a", "key-1.a");
    }

    @Test
    void recordsOfOneNameAndDifferentContentAreBothRead() {
        one.add(object("CN=other", "genesis.a", "forged", MemoryController.CREATED));

        assertThat(store.read("mail"))
                .extracting(read -> new String(read.content(), UTF_8))
                .containsExactlyInAnyOrder("root", "forged");
    }

    @Test
    void creationThatFailsLeavesNothing() {
        for (int adds = 0; adds < 3; adds++) {
            one.failAfterAdds(adds);
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> store.create("files", List.of(record("a", "a", ""), record("b", "b", ""))));
            one.failAfterAdds(Integer.MAX_VALUE);
            hasOnlyTheFirstRing();
        }
        one.refuseRenaming(true);
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> store.create("files", List.of(record("a", "a", ""))));
        one.refuseRenaming(false);

        hasOnlyTheFirstRing();
        assertThat(store.create("files", List.of(record("a", "a", "")))).isTrue();
    }

    private void hasOnlyTheFirstRing() {
        assertThat(one.objects())
                .extracting(Entry::getDN)
                .containsExactlyInAnyOrder(HOLDER, RING, "CN=genesis," + RING);
    }

    @Test
    void creationWhoseRenameIsNotAnsweredIsLeftAloneAndFoundWholeLater() throws Exception {
        one.delayRenaming(Duration.ofMillis(800));
        KeyRingStore impatient = LdapKeyRingStore.over(one.pool(Duration.ofMillis(300)), HOLDER)
                .baseline(BASELINE)
                .build();

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> impatient.create("files", List.of(record("a", "a", "x"), record("b", "b", "y"))))
                .withMessageContaining("does not say whether ring files was created");
        for (int i = 0; i < 100 && store.read("files").isEmpty(); i++) {
            Thread.sleep(50);
        }

        assertThat(names(store, "files")).containsExactly("a.a", "b.b");
        assertThat(store.create("files", List.of())).isFalse();
    }

    @Test
    void creationWhoseConnectionIsLostIsLeftAlone() {
        one.hangUpAfterChanges(true);

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> store.create("files", List.of(record("a", "a", "x"))))
                .withMessageContaining("left in CN=_new-");
        one.hangUpAfterChanges(false);

        assertThat(one.objects())
                .extracting(Entry::getDN)
                .filteredOn(dn -> dn.startsWith("CN=_new-"))
                .hasSize(1);
    }

    @Test
    void ringThatGoesAwayBetweenTwoPagesIsNotAnEmptyRing() {
        for (int i = 0; i < 501; i++) {
            one.add(object("CN=junk-" + i, "key-1." + i, "x", MemoryController.CREATED));
        }
        one.loseTheBaseAfterAPage();

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> store.read("mail"))
                .withMessageContaining("went away");
        assertThat(store.read("files")).isEmpty();
    }

    @Test
    void readingEndsWhenThereAreTooManyBytesAndAddingDoesNotReadThem() throws Exception {
        RingTree tree = new RingTree(new Directory(one.pool()), new DN(HOLDER), 300_000);
        for (int i = 0; i < 5; i++) {
            Entry record = object("CN=big-" + i, "key-1." + i, "x".repeat(65_000), MemoryController.CREATED);
            record.addAttribute("sn", "key-1");
            one.add(record);
        }

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> tree.records(new DN(RING)))
                .withMessageContaining("more than 300000 bytes");
        assertThat(tree.isTaken(new DN(RING), "key-1")).isTrue();
        assertThat(tree.named(new DN(RING), new RecordName("key-1", "1"))).hasSize(1);
    }

    @Test
    void junkOfALostRecordsNameDoesNotKeepItLost() {
        one.add(object("CN=key-1", "key-1.a", "junk", MemoryController.CREATED));

        assertThat(store.restore("mail", record("key-1", "a", "lost"))).isTrue();
        assertThat(store.restore("mail", record("key-1", "a", "lost"))).isFalse();

        assertThat(store.read("mail"))
                .extracting(read -> new String(read.content(), UTF_8))
                .containsExactlyInAnyOrder("root", "junk", "lost");
    }

    @Test
    void whatADeadCreatorLeftIsNoRing() {
        one.add(new Entry("CN=_new-1," + HOLDER, new Attribute("objectClass", "container")));

        assertThatIllegalArgumentException().isThrownBy(() -> store.read("_new-1"));
        assertThat(store.create("new-1", List.of())).isTrue();
    }

    @Test
    void controllerThatLetsNobodyNameAnOwnerIsAskedWithout() {
        one.refuseOwners();

        assertThat(store.create("files", List.of(record("genesis", "a", "x")))).isTrue();
        assertThat(store.add("files", record("key-1", "a", "x"))).isTrue();

        assertThat(one.objects())
                .filteredOn(entry -> entry.getDN().contains("files"))
                .hasSize(3)
                .allSatisfy(entry -> {
                    SecurityDescriptor descriptor =
                            SecurityDescriptor.read(entry.getAttributeValueBytes(Directory.DESCRIPTOR));
                    assertThat(descriptor.owner()).isEmpty();
                    assertThat(descriptor.isProtected()).isTrue();
                    assertThat(descriptor.sddl()).contains("(A;;RC;;;OW)");
                });
    }

    @Test
    void lostConnectionsDoNotDisturbReading() {
        for (int i = 0; i < 50; i++) {
            one.hangUpOnNextSearch();
            assertThat(names(store)).containsExactly("genesis.a");
        }
    }

    @Test
    void changeWhoseAnswerIsLostMayOrMayNotHaveBeenMadeAndIsNotMadeAgain() {
        one.hangUpAfterChanges(true);
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> store.add("mail", record("key-1", "a", "x")));
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> store.remove("mail", new RecordName("genesis", "a")));
        one.hangUpAfterChanges(false);

        assertThat(names(store)).containsExactly("key-1.a");
    }

    @Test
    void objectsThatAreNoRecordsAreIgnored() {
        one.add(new Entry("CN=a," + RING, new Attribute("objectClass", "contact")));
        one.add(new Entry(
                "CN=b," + RING, new Attribute("objectClass", "contact"), new Attribute("displayName", "key-1.a")));
        one.add(object("CN=c", "no name", "x", MemoryController.CREATED));
        one.add(object("CN=d", "key-1.b.c", "x", MemoryController.CREATED));
        one.add(object("CN=e", "KEY-1.A", "x", MemoryController.CREATED));
        one.add(object("CN=f", "key-1.a", "x".repeat(StoredRecord.MAX_LENGTH + 1), MemoryController.CREATED));
        Entry otherForm = object("CN=g", "key-1.a", "x", MemoryController.CREATED);
        otherForm.setAttribute("thumbnailPhoto", new byte[] {2, 'x'});
        one.add(otherForm);
        Entry below = object("CN=h", "key-1.a", "x", MemoryController.CREATED);
        below.setDN("CN=h,CN=genesis," + RING);
        one.add(below);

        assertThat(names(store)).containsExactly("genesis.a");
        assertThat(store.add("mail", record("key-1", "a", "x"))).isTrue();
        assertThat(names(store)).containsExactly("genesis.a", "key-1.a");
    }

    @Test
    void placeThatIsTakenByNoRecordIsGoneAroundAndOfTwoOneWins() {
        one.add(new Entry("CN=key-1," + RING, new Attribute("objectClass", "contact")));

        assertThat(store.add("mail", record("key-1", "a", "x"))).isTrue();
        assertThat(store.add("mail", record("key-1", "b", "x"))).isFalse();
        assertThat(store.restore("mail", record("key-1", "a", "x"))).isFalse();
        assertThat(names(store)).containsExactly("genesis.a", "key-1.a");
        assertThat(store.remove("mail", new RecordName("key-1", "a"))).isTrue();
        assertThat(names(store)).containsExactly("genesis.a");
    }

    @Test
    void whereEveryPlaceThatCanBeForeseenIsTakenByNoRecordThereIsOneThatCannotBe() throws LDAPException {
        StoredRecord record = record("key-1", "a", "x");
        one.add(new Entry("CN=key-1," + RING, new Attribute("objectClass", "contact")));
        one.add(new Entry(
                RecordEntry.besideJunk(new DN(RING), record("key-1", "b", "y")).getDN(),
                new Attribute("objectClass", "contact")));

        assertThat(store.add("mail", record)).isTrue();
        assertThat(store.add("mail", record)).isFalse();
        assertThat(store.add("mail", record("key-1", "b", "y"))).isFalse();

        assertThat(names(store)).containsExactly("genesis.a", "key-1.a");
    }

    @Test
    void objectsOfARecordAreRemovedThoughOneOfThemHasSomethingBelowIt() {
        one.add(object("CN=a", "key-1.a", "x", MemoryController.CREATED));
        one.add(new Entry("CN=below,CN=a," + RING, new Attribute("objectClass", "contact")));
        one.add(object("CN=b", "key-1.a", "y", MemoryController.CREATED));

        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> store.remove("mail", new RecordName("key-1", "a")))
                .withMessageContaining("CN=a," + RING)
                .withMessageContaining("a domain administrator takes ownership of what is below and deletes it");

        assertThat(one.objects())
                .extracting(Entry::getDN)
                .contains("CN=a," + RING)
                .doesNotContain("CN=b," + RING);
    }

    @Test
    void ringsAreToldApartByCaseAndCannotBothBeThere() {
        assertThat(store.read("Mail")).isEmpty();
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> store.create("Mail", List.of()))
                .withMessageContaining("differs in case");
        one.add(new Entry("CN=files," + HOLDER, new Attribute("objectClass", "contact")));
        assertThat(store.read("files")).isEmpty();
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> store.create("files", List.of()));
    }

    @Test
    void ringThatWasCreatedThroughTwoControllersIsSeen() throws Exception {
        assertThat(one.store().create("files", List.of(record("genesis", "a", "x"))))
                .isTrue();
        assertThat(two.store().create("files", List.of(record("genesis", "b", "y"))))
                .isTrue();
        two.replicateTo(one);

        assertThat(names(one.store(), "files")).contains("genesis.a");
        assertThat(new RingTree(new Directory(one.pool()), new DN(HOLDER)).conflicts())
                .singleElement()
                .asString()
                .startsWith("CN=files\\0aCNF:");
    }

    @Test
    void timesAreTheEndsOfTheirSeconds() {
        assertThat(store.now()).isEqualTo(Instant.parse("2026-03-01T10:00:01Z"));
        assertThat(store.read("mail").get(0).storedAt()).contains(Instant.parse("2026-03-01T10:00:01Z"));
    }

    @Test
    void recordWhoseTimeIsNoneHasNone() {
        one.add(object("CN=x", "key-1.a", "x", "yesterday"));

        assertThat(store.read("mail").get(1).storedAt()).isEmpty();
    }

    @Test
    void controllerThatIsDownMakesTheStoreUnavailable() {
        one.close();

        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> store.read("mail"));
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> store.add("mail", record("key-1", "a", "")));
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> store.create("files", List.of()));
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(store::now);
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(store::doubts);
    }

    private static Entry object(String cn, String displayName, String content, String created) {
        return new Entry(
                cn + "," + RING,
                new Attribute("objectClass", "contact"),
                new Attribute("displayName", displayName),
                new Attribute("thumbnailPhoto", ("\1" + content).getBytes(UTF_8)),
                new Attribute("whenCreated", created));
    }

    private static List<String> names(KeyRingStore store) {
        return names(store, "mail");
    }

    private static List<String> names(KeyRingStore store, String ring) {
        return store.read(ring).stream().map(read -> read.name().toString()).toList();
    }

    private static StoredRecord record(String slot, String id, String content) {
        return StoredRecord.of(new RecordName(slot, id), content.getBytes(UTF_8));
    }
}

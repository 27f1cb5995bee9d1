package io.github.dkm4j.elevation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.crypto.NoteKey;
import io.github.dkm4j.crypto.SignedNote;
import io.github.dkm4j.crypto.SigningKey;
import io.github.dkm4j.crypto.Statement;
import io.github.dkm4j.elevation.AccessState.Kind;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who gets access: nobody by a word that is forged, moved, repeated, widened, late or not his to say. */
class AccessCaseTest {
    private static final String RING = "3f".repeat(32);
    private static final Instant START = Instant.parse("2026-11-26T10:00:00Z");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, SigningKey> keys = new HashMap<>();
    private final Map<String, NoteKey> people = new HashMap<>();
    private final Set<String> group = new HashSet<>(Set.of("lena", "ludwig", "lola"));
    private final List<Taken> decisions = new ArrayList<>();
    private final List<Taken> revocations = new ArrayList<>();
    private Instant now = START;
    private int policy = 7;
    private AccessRequest asked = request("rita", Duration.ofHours(2));

    /** One of two managers, then two of three of legal, who must be in a group. */
    private final List<Level> levels = List.of(
            new Level("manager", 1, Optional.empty(), Set.of("max", "mia")),
            new Level("legal", 2, Optional.of("Legal"), Set.of("lena", "ludwig", "lola", "mia")));

    AccessCaseTest() {
        for (String name : List.of("rita", "max", "mia", "lena", "ludwig", "lola", "ada", "eve")) {
            enrol(name, name);
        }
    }

    private void enrol(String name, String keyOf) {
        SigningKey key = keys.computeIfAbsent(keyOf, anybody -> SigningKey.generate(RANDOM));
        keys.put(name, key);
        people.put(name, new NoteKey(name, key.publicKey()));
    }

    private AccessRequest request(String by, Duration duration) {
        return new AccessRequest(
                RING,
                by,
                new TreeSet<>(Set.of(3L)),
                new TreeMap<>(Map.of("tenant", "contoso")),
                duration,
                "mailbox does not sync",
                "INC-4711",
                now,
                "00112233");
    }

    private Taken signed(Statement statement, String by) {
        NoteKey name = new NoteKey(by, key(by).publicKey());
        return new Taken(
                SignedNote.of(statement.text()).signedWith(name, key(by)).toString(), now);
    }

    private SigningKey key(String name) {
        return Optional.ofNullable(keys.get(name)).orElseThrow();
    }

    /** What somebody would properly say next. */
    private AccessDecision decision(String by, String level, boolean approved, String previous) {
        return new AccessDecision(
                RING, policy, asked.statement().hash(), level, approved, by, now, previous, "because");
    }

    private String say(AccessDecision decision) {
        decisions.add(signed(decision.statement(), decision.by()));
        return decision.statement().hash();
    }

    private String approve(String by, String level, String previous) {
        now = now.plusSeconds(60);
        return say(decision(by, level, true, previous));
    }

    private String hash() {
        return asked.statement().hash();
    }

    /** Approved properly on all levels; returns the last hash. */
    private String approveAll() {
        return approve("lena", "legal", approve("ludwig", "legal", approve("max", "manager", hash())));
    }

    private AccessState judge() {
        return judge(signed(asked.statement(), asked.by()).note(), asked.at());
    }

    private AccessState judge(String note, Instant storedAt) {
        List<Taken> shuffled = new ArrayList<>(decisions);
        Collections.shuffle(shuffled, new Random(1));
        return judging().judge(new Taken(note, storedAt), shuffled, revocations, now);
    }

    private AccessCase judging() {
        AccessRules rules =
                new AccessRules(RING, policy, levels, Set.of("ada"), Duration.ofHours(4), Duration.ofHours(24));
        return new AccessCase(rules, new People(people.values()), (name, who) -> group.contains(who));
    }

    private void refused(String why) {
        AccessState state = judge();
        assertThat(state.kind()).as("%s", state).isNotIn(Kind.GRANTED, Kind.ENDED);
        assertThat(state.ignored().toString() + state.words()).contains(why);
    }

    @Test
    void accessIsGivenOnceAllLevelsHaveApprovedAndEndsByItself() {
        assertThat(judge().words()).isEqualTo("waits for level manager, 0 of 1");
        String first = approve("max", "manager", hash());
        assertThat(judge().words()).isEqualTo("waits for level legal, 0 of 2");
        String second = approve("lena", "legal", first);
        assertThat(judge().words()).isEqualTo("waits for level legal, 1 of 2");
        approve("ludwig", "legal", second);
        Instant from = now;

        assertThat(judge().kind()).isEqualTo(Kind.GRANTED);
        assertThat(judge().until()).contains(from.plus(Duration.ofHours(2)));
        now = from.plus(Duration.ofHours(2)).minusNanos(1);
        assertThat(judge().kind()).isEqualTo(Kind.GRANTED);
        now = from.plus(Duration.ofHours(2));
        assertThat(judge().kind()).isEqualTo(Kind.ENDED);
        assertThat(judge().ignored()).isEmpty();
    }

    @Test
    void noAccessIsLongerThanThePolicyLets() {
        asked = request("rita", Duration.ofDays(30));
        approveAll();

        assertThat(judge().until()).contains(now.plus(Duration.ofHours(4)));
    }

    @Test
    void aRequestThatIsNotDecidedInTimeLapsesAndLateApprovalsDoNotCount() {
        String first = approve("max", "manager", hash());
        now = START.plus(Duration.ofHours(24)).plusSeconds(1);
        assertThat(judge().kind()).isEqualTo(Kind.LAPSED);
        approve("lena", "legal", approve("ludwig", "legal", first));
        assertThat(judge().kind()).isEqualTo(Kind.LAPSED);
        refused("too late");
    }

    @Test
    void oneDenialEndsIt() {
        String first = approve("max", "manager", hash());
        approve("lena", "legal", approve("ludwig", "legal", first));
        assertThat(judge().isGranted()).isTrue();
        say(decision("lola", "legal", false, first));

        assertThat(judge().kind()).isEqualTo(Kind.DENIED);
        assertThat(judge().words()).contains("lola", "because");
    }

    @Test
    void aDenialByOneWhoMayNotEndsNothing() {
        String first = approve("max", "manager", hash());
        say(decision("eve", "legal", false, first));
        say(decision("rita", "legal", false, first));
        say(decision("max", "legal", false, first));
        approve("lena", "legal", approve("ludwig", "legal", first));

        assertThat(judge().isGranted()).isTrue();
        assertThat(judge().ignored()).hasSize(3);
    }

    /** It ends things, and so it needs neither a place nor a time nor a policy. */
    @Test
    void aDenialCountsWhateverItFollowsAndStays() {
        approve("lena", "legal", approve("ludwig", "legal", approve("mia", "manager", hash())));
        now = now.plusSeconds(900);
        AccessDecision denial = decision("lola", "legal", false, "6f".repeat(32));
        decisions.add(new Taken(signed(denial.statement(), "lola").note(), now.plusSeconds(9_000)));
        assertThat(judge().kind()).isEqualTo(Kind.DENIED);
        group.remove("lola");
        policy = 8;
        approveAll();
        assertThat(judge().kind()).isEqualTo(Kind.DENIED);
    }

    @Test
    void copiesOfDecisionsChangeNothingAndCostLittle() {
        approveAll();
        List<Taken> honest = List.copyOf(decisions);
        for (int i = 1; i <= 200; i++) {
            for (Taken one : honest) {
                decisions.add(new Taken(
                        one.note() + "\u2014 eve " + "A".repeat(i) + "\n",
                        one.storedAt().plusSeconds(i)));
            }
        }

        assertThat(judge().isGranted()).isTrue();
        assertThat(judge().ignored()).isEmpty();
    }

    @Test
    void accessIsNotProlongedByOneWhoLeavesAGroup() {
        String second = approve("ludwig", "legal", approve("max", "manager", hash()));
        approve("lena", "legal", second);
        Instant until = judge().until().orElseThrow();
        now = until.minusSeconds(120);
        approve("lola", "legal", second);
        group.remove("lena");

        assertThat(judge().until()).contains(until);
    }

    @Test
    void nobodyApprovesHisOwnRequest() {
        asked = request("max", Duration.ofHours(1));
        approve("max", "manager", hash());
        refused("nobody decides on his own request");
    }

    @Test
    void nobodyCountsTwiceOnALevelOrOnTwo() {
        String first = approve("mia", "manager", hash());
        group.add("mia");
        String second = approve("mia", "legal", first);
        approve("lena", "legal", second);
        refused("he has decided already");
        approve("lena", "legal", approve("lena", "legal", first));
        refused("he has decided already");
        approve("ludwig", "legal", approve("lena", "legal", first));
        assertThat(judge().isGranted()).isTrue();
    }

    @Test
    void nobodyIsTwoPeople() {
        people.put("ludwig", new NoteKey("ludwig", key("lena").publicKey()));

        assertThatIllegalArgumentException().isThrownBy(this::judge).withMessageContaining("the same key");
        people.remove("ludwig");
        enrol("Rita", "another");
        people.put("Rita", new NoteKey("Rita", key("Rita").publicKey()));
        assertThatIllegalArgumentException().isThrownBy(this::judge).withMessageContaining("the name");
    }

    @Test
    void anApproverOfAnotherLevelOrOutsideTheGroupDoesNotCount() {
        approve("lena", "manager", hash());
        refused("he is no approver of level manager");
        group.remove("lena");
        approveAll();
        refused("he is not in Legal");
        group.add("lena");
        assertThat(judge().isGranted()).isTrue();
    }

    @Test
    void whereTheDirectoryCannotBeAskedNobodyGetsIn() {
        approveAll();
        AccessRules rules = new AccessRules(RING, policy, levels, Set.of(), Duration.ofHours(4), Duration.ofHours(24));
        Taken request = signed(asked.statement(), "rita");

        assertThatExceptionOfType(GroupDirectoryUnavailable.class)
                .isThrownBy(() -> new AccessCase(rules, new People(people.values()), (name, who) -> {
                            throw new GroupDirectoryUnavailable("no answer", null);
                        })
                        .judge(new Taken(request.note(), START), decisions, List.of(), now));
    }

    @Test
    void levelsDecideInTheirOrder() {
        String first = approve("ludwig", "legal", hash());
        approve("max", "manager", approve("lena", "legal", first));
        refused("level manager is to decide");
    }

    @Test
    void aForgedSignatureDoesNotCount() {
        AccessDecision decision = decision("max", "manager", true, hash());
        NoteKey max = new NoteKey("max", key("max").publicKey());
        decisions.add(new Taken(
                SignedNote.of(decision.statement().text())
                        .signedWith(max, key("eve"))
                        .toString(),
                now));
        decisions.add(signed(decision.statement(), "eve"));
        decisions.add(new Taken(SignedNote.of(decision.statement().text()).toString(), now));
        refused("it is not signed by max");

        people.remove("rita");
        assertThat(judge().words()).isEqualTo("rita is not enrolled");
    }

    @Test
    void anApprovalIsNotMovedToAnotherRequest() {
        approveAll();
        assertThat(judge().isGranted()).isTrue();
        asked = new AccessRequest(
                RING,
                "rita",
                new TreeSet<>(),
                new TreeMap<>(),
                asked.duration(),
                asked.reason(),
                asked.ticket(),
                START,
                asked.nonce());

        assertThat(judge().kind()).as("the scope was widened").isEqualTo(Kind.WAITING);
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void whateverIsChangedInADecisionTakesItsEffect(Change change) {
        String first = approve("max", "manager", hash());
        String second = approve("ludwig", "legal", first);
        now = now.plusSeconds(60);
        AccessDecision last = decision("lena", "legal", true, second);
        say(change.of(last));

        refused("");
        decisions.remove(decisions.size() - 1);
        say(last);
        assertThat(judge().isGranted()).isTrue();
    }

    private enum Change {
        RING,
        POLICY,
        REQUEST,
        LEVEL,
        PREVIOUS,
        EARLIER,
        LATER;

        AccessDecision of(AccessDecision d) {
            return new AccessDecision(
                    this == RING ? "4f".repeat(32) : d.ring(),
                    this == POLICY ? 6 : d.policy(),
                    this == REQUEST ? "5f".repeat(32) : d.request(),
                    this == LEVEL ? "manager" : d.level(),
                    true,
                    d.by(),
                    switch (this) {
                        case EARLIER -> d.at().minusSeconds(61);
                        case LATER -> d.at().plusSeconds(61);
                        default -> d.at();
                    },
                    this == PREVIOUS ? d.request() : d.previous(),
                    d.reason());
        }
    }

    @Test
    void aDecisionThatIsHandedInLaterThanItSaysDoesNotCount() {
        String first = approve("max", "manager", hash());
        String second = approve("ludwig", "legal", first);
        AccessDecision last = decision("lena", "legal", true, second);
        now = now.plus(AccessCase.LATE).plusSeconds(1);
        say(last);

        refused("and came at");
    }

    @Test
    void theLastApproverAloneDoesNotGiveItAgain() {
        String first = approve("max", "manager", hash());
        String second = approve("ludwig", "legal", first);
        approve("lena", "legal", second);
        Instant until = judge().until().orElseThrow();
        now = until.minusSeconds(120);
        approve("lola", "legal", second);
        approve("lena", "legal", second);

        assertThat(judge().until()).contains(until);
        now = until;
        assertThat(judge().kind()).isEqualTo(Kind.ENDED);
    }

    @Test
    void aRequestOfAnotherRingATimeToComeOrALateOneIsNone() {
        AccessRequest other = new AccessRequest(
                "4f".repeat(32),
                "rita",
                asked.epochs(),
                asked.scope(),
                asked.duration(),
                asked.reason(),
                asked.ticket(),
                START,
                "x");
        assertThat(judge(signed(other.statement(), "rita").note(), START).words())
                .isEqualTo("it is a request to another ring");
        String note = signed(asked.statement(), "rita").note();
        now = START.minusSeconds(61);
        assertThat(judge(note, now).kind()).isEqualTo(Kind.INVALID);
        now = START.plusSeconds(601);
        assertThat(judge(note, now).kind()).isEqualTo(Kind.INVALID);
        assertThat(judge(note, START).kind()).isEqualTo(Kind.WAITING);
        assertThat(judge(note.replace("contoso", "fabrikam"), START).words()).isEqualTo("it is not signed by rita");
        assertThat(judge("junk", START).kind()).isEqualTo(Kind.INVALID);
    }

    @Test
    void approversAndAdministratorsEndItAtOnceAndNobodyElse() {
        approveAll();
        for (String by : List.of("rita", "eve")) {
            revocations.add(signed(new AccessRevocation(RING, hash(), by, now, "no").statement(), by));
        }
        revocations.add(signed(new AccessRevocation(RING, "6f".repeat(32), "ada", now, "no").statement(), "ada"));
        revocations.add(signed(new AccessRevocation(RING, hash(), "ada", now, "no").statement(), "eve"));
        assertThat(judge().isGranted()).isTrue();

        for (String by : List.of("ada", "mia", "lola")) {
            revocations.add(signed(new AccessRevocation(RING, hash(), by, now, "enough").statement(), by));
            assertThat(judge().kind()).isEqualTo(Kind.REVOKED);
            assertThat(judge().words()).contains(by, "enough");
            revocations.remove(revocations.size() - 1);
        }
    }

    @Test
    void aNewVersionOfThePolicyEndsWhatWasDecidedUnderTheOldOne() {
        approveAll();
        policy = 8;

        assertThat(judge().kind()).isEqualTo(Kind.WAITING);
        refused("version 7 of the policy, which is 8 now");
    }

    @Test
    void aRequestCoversMessagesOfItsEpochsAndContextOnly() {
        assertThat(asked.covers(3, Map.of("tenant", "contoso", "account", "42")))
                .isTrue();
        assertThat(asked.covers(4, Map.of("tenant", "contoso"))).isFalse();
        assertThat(asked.covers(3, Map.of("tenant", "fabrikam"))).isFalse();
        assertThat(asked.covers(3, Map.of("account", "42"))).isFalse();
    }

    private static final byte[] MESSAGE = {1, 2, 3};

    private AccessUse use(String by, String tenant) {
        return new AccessUse(
                RING,
                hash(),
                by,
                HexFormat.of().formatHex(Kdf.sha256(MESSAGE)),
                new TreeMap<>(Map.of("tenant", tenant, "account", "42")),
                now,
                "77");
    }

    private AccessUse admit(Taken use, byte[] message, long epoch) {
        Taken request = new Taken(signed(asked.statement(), asked.by()).note(), asked.at());
        return judging().admit(request, decisions, revocations, use, message, epoch, now);
    }

    private void refusedUse(Taken use, byte[] message, long epoch, String why) {
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> admit(use, message, epoch))
                .withMessageContaining(why);
    }

    @Test
    void oneMessageIsOpenedForWhomAccessWasGivenToAndNoOther() {
        AccessUse wanted = use("rita", "contoso");
        refusedUse(signed(wanted.statement(), "rita"), MESSAGE, 3, "waits for level manager");
        approveAll();
        Taken proper = signed(use("rita", "contoso").statement(), "rita");

        assertThat(admit(proper, MESSAGE, 3).nonce()).isEqualTo("77");
        refusedUse(proper, new byte[] {1, 2, 4}, 3, "it is another message");
        refusedUse(proper, MESSAGE, 4, "this epoch and context");
        refusedUse(signed(use("rita", "fabrikam").statement(), "rita"), MESSAGE, 3, "this epoch and context");
        refusedUse(signed(use("eve", "contoso").statement(), "eve"), MESSAGE, 3, "given to rita, not to eve");
        refusedUse(signed(use("rita", "contoso").statement(), "eve"), MESSAGE, 3, "not signed by rita");
        refusedUse(new Taken("junk", now), MESSAGE, 3, "no signed note");
        AccessUse endless = new AccessUse(RING, hash(), "rita", wanted.message(), wanted.context(), Instant.MAX, "77");
        refusedUse(signed(endless.statement(), "rita"), MESSAGE, 3, "still to come");
        now = now.plus(AccessCase.LATE).plusSeconds(1);
        refusedUse(proper, MESSAGE, 3, "too long ago");
        revocations.add(signed(new AccessRevocation(RING, hash(), "ada", now, "enough").statement(), "ada"));
        refusedUse(signed(use("rita", "contoso").statement(), "rita"), MESSAGE, 3, "revoked by ada");
    }

    @Test
    void anotherRequestsAccessIsNotUsed() {
        approveAll();
        AccessUse wanted = use("rita", "contoso");
        AccessUse other = new AccessUse(RING, "6f".repeat(32), "rita", wanted.message(), wanted.context(), now, "77");

        refusedUse(signed(other.statement(), "rita"), MESSAGE, 3, "by another request");
        assertThat(AccessUse.parse(wanted.statement().text())).isEqualTo(wanted);
    }

    @Test
    void statementsAreReadAsTheyWereWrittenAndInNoOtherWay() {
        AccessDecision decision = decision("max", "manager", true, hash());
        AccessRevocation revocation = new AccessRevocation(RING, hash(), "ada", now, "ä b%\n");
        assertThat(AccessRequest.parse(asked.statement().text())).isEqualTo(asked);
        assertThat(AccessDecision.parse(decision.statement().text())).isEqualTo(decision);
        assertThat(AccessRevocation.parse(revocation.statement().text())).isEqualTo(revocation);
        Random random = new Random(5);
        for (String text : List.of(
                asked.statement().text(),
                decision.statement().text(),
                revocation.statement().text())) {
            for (int i = 0; i < 2_000; i++) {
                int at = random.nextInt(text.length());
                String changed =
                        text.substring(0, at) + (char) random.nextInt(128) + text.substring(at + random.nextInt(2));
                read(changed, text);
            }
        }
    }

    /** Either it is refused, or it says what it says in the one way there is. */
    private static void read(String changed, String original) {
        try {
            String kind = original.substring(6, original.indexOf(' ', 6));
            String again = switch (kind) {
                case "access-request" ->
                    AccessRequest.parse(changed).statement().text();
                case "access-decision" ->
                    AccessDecision.parse(changed).statement().text();
                default -> AccessRevocation.parse(changed).statement().text();
            };
            assertThat(again).isEqualTo(changed);
        } catch (IllegalArgumentException e) {
            assertThat(changed).isNotEqualTo(original);
        }
    }
}

package io.github.dkm4j.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.store.KeyRingStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What must hold when all processes are gone, for a process that opens the ring then; and what there was. */
final class Aftermath {
    private final List<Life> lives;
    private final Set<String> keys;

    private Aftermath(List<Life> lives, Set<String> keys) {
        this.lives = lives;
        this.keys = keys;
    }

    static Aftermath checked(KeyRingStore store, List<Life> lives) {
        try (KeyRing ring = CrashRing.builder(store).open()) {
            for (Life life : lives) {
                assertThat(life.messages()).allMatch(message -> message.isReadBy(ring.decryptor()));
                noEpochComesBack(life);
            }
            assertThat(ring.admin().problems()).isEqualTo(store.doubts());
            Set<String> keys = saneKeys(ring.admin().keys());
            lives.forEach(life -> assertThat(keys).containsAll(life.keys()));
            ringStillWorks(ring);
            return new Aftermath(lives, keys);
        }
    }

    /** Every epoch has one key, and at most one waits for its time. */
    private static Set<String> saneKeys(List<KeyDescription> keys) {
        assertThat(keys).extracting(key -> key.metadata().epoch().value()).doesNotHaveDuplicates();
        Map<KeyStatus, Integer> byStatus = new HashMap<>();
        keys.forEach(key -> byStatus.merge(key.status(), 1, Integer::sum));
        assertThat(byStatus).containsEntry(KeyStatus.ACTIVE, 1);
        assertThat(byStatus.getOrDefault(KeyStatus.PENDING, 0)).isLessThanOrEqualTo(1);
        return keys.stream().map(key -> key.metadata().ref().toString()).collect(Collectors.toSet());
    }

    private static void noEpochComesBack(Life life) {
        assertThat(life.messages()).extracting(message -> message.key().epoch()).isSorted();
    }

    private static void ringStillWorks(KeyRing ring) {
        Message message = Message.sealed("afterwards", 1, ring.encryptor());
        Epoch next = ring.admin().rollOver().metadata().epoch();
        assertThat(next).isGreaterThan(message.key().epoch());
        assertThat(message.isReadBy(ring.decryptor())).isTrue();
    }

    int messages() {
        return lives.stream().mapToInt(life -> life.messages().size()).sum();
    }

    int keys() {
        return keys.size();
    }

    /** What went wrong in the processes and did not end them, but for these kinds. */
    List<String> refusalsBut(String... kinds) {
        Set<String> legal = Set.of(kinds);
        return lives.stream()
                .flatMap(life -> life.refusals().stream())
                .filter(refusal -> !legal.contains(kind(refusal)))
                .toList();
    }

    /** For the reader of the log. */
    @Override
    public String toString() {
        return number(Life::wasKilled) + " kills: " + number(Life::endedOpening) + " while opening the ring, "
                + number(Life::endedRolling) + " in a roll-over, of which "
                + number(life -> life.making().isPresent())
                + " while a key was written, "
                + number(life -> life.making().filter(keys::contains).isPresent())
                + " of those keys being there all the same; " + messages() + " messages, " + keys() + " keys, of which "
                + lives.stream().mapToInt(Life::ownAccord).sum() + " because a budget was spent; refusals "
                + kinds();
    }

    private long number(Predicate<Life> condition) {
        return lives.stream().filter(condition).count();
    }

    private Map<String, Integer> kinds() {
        Map<String, Integer> kinds = new TreeMap<>();
        refusalsBut().forEach(text -> kinds.merge(kind(text), 1, Integer::sum));
        return kinds;
    }

    private static String kind(String refusal) {
        String type = refusal.contains(":") ? refusal.substring(0, refusal.indexOf(':')) : refusal;
        return type.substring(type.lastIndexOf('.') + 1);
    }
}

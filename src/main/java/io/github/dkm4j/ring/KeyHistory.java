package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the events say about each key: a pure function of their set, so that two partial views merge. Nothing can
 * un-revoke a key; a destruction that was undone is void even if somebody also recorded its end.
 */
final class KeyHistory {
    private final Map<KeyRef, List<KeyEvent>> events;

    KeyHistory(Collection<KeyEvent> events) {
        this.events = events.stream().collect(Collectors.groupingBy(KeyEvent::key, TreeMap::new, Collectors.toList()));
    }

    /** The metadata with what happened to the key since. */
    KeyMetadata applied(KeyMetadata key) {
        List<KeyEvent> own = events.get(key.ref());
        if (own == null) {
            return key;
        }
        Optional<KeyEvent> revoked = first(own, KeyEvent.What.REVOKED);
        Optional<KeyEvent> destroyed = destroyed(own);
        Optional<Instant> destroysAt =
                destroyed.isPresent() ? Optional.empty() : pending(own).flatMap(KeyEvent::due);
        return new KeyMetadata(
                key.ref(),
                key.createdAt(),
                key.activatesAt(),
                revoked.map(KeyEvent::at),
                destroysAt,
                destroyed.map(KeyEvent::at),
                destroyed
                        .or(() -> revoked)
                        .map(KeyEvent::reason)
                        .or(() -> pending(own).map(KeyEvent::reason)));
    }

    /** The end of each destroyed key, with what stays of it. */
    Map<KeyRef, KeyEvent.Tomb> tombs() {
        Map<KeyRef, KeyEvent.Tomb> tombs = new TreeMap<>();
        events.forEach((key, own) -> destroyed(own).flatMap(KeyEvent::tomb).ifPresent(tomb -> tombs.put(key, tomb)));
        return tombs;
    }

    /** The destruction that waits for its end. */
    Optional<KeyEvent> pendingDestruction(KeyRef key) {
        return pending(events.getOrDefault(key, List.of()));
    }

    private static Optional<KeyEvent> destroyed(List<KeyEvent> own) {
        return own.stream()
                .filter(event -> event.what() == KeyEvent.What.DESTROYED && !hasEnd(own, event, KeyEvent.What.UNDO))
                .filter(event -> wasDue(own, event))
                .min(order());
    }

    /** Whether the destruction had been asked for and its delay was over. */
    private static boolean wasDue(List<KeyEvent> own, KeyEvent end) {
        return own.stream()
                .filter(event -> event.what() == KeyEvent.What.DESTROY && event.number() == end.number())
                .flatMap(event -> event.due().stream())
                .anyMatch(due -> !end.at().isBefore(due));
    }

    private static Optional<KeyEvent> pending(List<KeyEvent> own) {
        return own.stream()
                .filter(event -> event.what() == KeyEvent.What.DESTROY
                        && !hasEnd(own, event, KeyEvent.What.UNDO)
                        && !hasEnd(own, event, KeyEvent.What.DESTROYED))
                .max(Comparator.comparing(KeyEvent::number).thenComparing(order().reversed()));
    }

    private static boolean hasEnd(List<KeyEvent> own, KeyEvent of, KeyEvent.What end) {
        return own.stream().anyMatch(event -> event.what() == end && event.number() == of.number());
    }

    private static Optional<KeyEvent> first(List<KeyEvent> own, KeyEvent.What what) {
        return own.stream().filter(event -> event.what() == what).min(order());
    }

    private static Comparator<KeyEvent> order() {
        return Comparator.comparing(KeyEvent::at).thenComparing(KeyEvent::by).thenComparing(KeyEvent::reason);
    }
}

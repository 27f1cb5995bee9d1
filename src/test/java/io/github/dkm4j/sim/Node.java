package io.github.dkm4j.sim;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A process with a ring, or a place where one runs from time to time. */
final class Node implements InstantSource {
    static final long NEVER = Long.MIN_VALUE / 4;

    /** What an administrator is doing here at the moment. */
    enum Command {
        NONE,
        ROLL_OVER,
        REVOKE,
        /** A lost record may have been all that connected the newest generation with the keys before it. */
        ACCEPT_RESTORE
    }

    final int number;
    final int replica;
    final Set<Rec> seen = new HashSet<>();
    final Map<KeyRef, KeyStatus> statuses = new HashMap<>();
    private final World world;
    private @Nullable KeyRing ring;
    long offset;
    long jumpedAt = NEVER;
    long jumpedBackAt = NEVER;
    /** The key of the highest epoch that it sealed with since it opened. */
    @Nullable KeyRef newestSealed;

    long troubleAt = NEVER;
    /** When it asked for the last answer that it got. */
    long readAt = NEVER;

    long cutUntil = NEVER;
    long pausedUntil = NEVER;
    boolean busy;
    /** Whether time passed inside what it does at the moment. */
    boolean stalled;

    int reads;
    int generation = 1;
    Command command = Command.NONE;
    int minted;

    Node(World world, int number, int replica) {
        this.world = world;
        this.number = number;
        this.replica = replica;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(world.now() + offset);
    }

    boolean isOpen() {
        return ring != null;
    }

    KeyRing ring() {
        if (ring == null) {
            throw new IllegalStateException("not open");
        }
        return ring;
    }

    void opened(KeyRing opened) {
        ring = opened;
    }

    /** Forgets all that was in memory. */
    void die() {
        ring = null;
        seen.clear();
        statuses.clear();
        generation = 1;
        command = Command.NONE;
        troubleAt = NEVER;
        jumpedAt = NEVER;
        jumpedBackAt = NEVER;
        newestSealed = null;
    }

    boolean isCut() {
        return world.now() < cutUntil;
    }

    boolean isUsable() {
        return !busy && world.now() >= pausedUntil;
    }

    /** Moves the clock. */
    void moveClock(long to) {
        if (to != offset) {
            jumpedAt = world.now();
            if (to < offset) {
                jumpedBackAt = world.now();
            }
            offset = to;
        }
    }

    /** What the store's answer teaches a node: records of generations that it can open. */
    void saw(List<Rec> answer, long asked) {
        reads++;
        readAt = asked;
        int newest = answer.stream()
                .filter(rec -> rec.type.equals("generation"))
                .mapToInt(rec -> rec.generation)
                .max()
                .orElse(1);
        if (newest > generation && opens(answer, newest)) {
            generation = newest;
        }
        answer.stream().filter(rec -> rec.generation <= generation).forEach(seen::add);
    }

    private static boolean opens(List<Rec> answer, int newest) {
        for (int number = 2; number <= newest; number++) {
            int wanted = number;
            if (answer.stream().noneMatch(rec -> rec.type.equals("generation") && rec.generation == wanted)) {
                return false;
            }
        }
        String wrap = answer.stream()
                .filter(rec -> rec.type.equals("generation") && rec.generation == newest)
                .findFirst()
                .orElseThrow()
                .wrap;
        return answer.stream().anyMatch(rec -> rec.type.equals("root") && rec.wrap.equals(wrap));
    }

    @Override
    public String toString() {
        return "node " + number;
    }
}

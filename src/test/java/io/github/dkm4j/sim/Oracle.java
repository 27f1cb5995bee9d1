package io.github.dkm4j.sim;

import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyDestroyed;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Knows the truth, and what must hold. */
final class Oracle {
    private final World world;
    private final Map<KeyRef, Long> sealed = new HashMap<>();
    private final Map<String, Long> asked = new HashMap<>();

    Oracle(World world) {
        this.world = world;
    }

    /** The inventory that a destruction asks. */
    long messagesUnder(KeyRef key) {
        return world.messages().stream()
                .filter(message -> message.key.equals(key) && !message.dropped)
                .count();
    }

    /** A node wants to add a record: no key without a reason, no end of a key before its time. */
    void adding(Node node, StoredRecord record) {
        Rec rec = new Rec(record);
        if (rec.isKey()) {
            minting(node);
        } else if (rec.what.equals("destroy")) {
            asked.putIfAbsent(destruction(rec), world.now());
        } else if (rec.what.equals("destroyed")) {
            long since = world.now() - asked.getOrDefault(destruction(rec), world.now());
            require(
                    since
                            >= world.profile()
                                    .retention()
                                    .minus(world.profile().skew().multipliedBy(2))
                                    .toMillis(),
                    () -> node + " ends key " + rec.key + " only " + Duration.ofMillis(since)
                            + " after it was asked to");
        }
    }

    /** The store took a record. */
    void added(StoredRecord record) {
        Rec rec = world.replicas().rec(record);
        if (rec.isKey()) {
            world.tally().count(rec.emergency ? "keys after revocation" : "keys");
        } else if (rec.what.equals("destroyed")) {
            for (Message message : world.messages()) {
                if (message.key.equals(rec.key) && !message.dropped) {
                    require(!message.orderly, () -> "key " + rec.key + " is destroyed, and an orderly message uses it");
                    message.dropped = true;
                    world.tally().count("messages made too late for their key");
                }
            }
        }
    }

    void removing(Node node, RecordName name) {
        for (Rec rec : world.replicas().recs()) {
            if (rec.stored.name().equals(name)) {
                require(rec.isKey() && has(rec.key, "destroyed"), () -> node + " removes " + name);
                rec.buried = true;
            }
        }
    }

    private void minting(Node node) {
        world.tally().count("mintings");
        require(
                Math.abs(node.offset) <= world.profile().skew().toMillis(),
                () -> node + " makes a key though its clock is off by " + Duration.ofMillis(node.offset));
        if (node.command != Node.Command.NONE) {
            node.minted++;
            require(node.minted == 1, () -> node + " makes two keys for one command");
            return;
        }
        if (node.stalled) {
            // It decided long ago, and to look at its keys would refresh them.
            return;
        }
        long now = node.instant().toEpochMilli();
        List<KeyDescription> keys = node.ring().admin().keys();
        Optional<KeyDescription> active =
                keys.stream().filter(key -> key.status() == KeyStatus.ACTIVE).findFirst();
        if (active.isEmpty()) {
            require(
                    keys.stream()
                            .anyMatch(key -> !key.metadata().isUsable()
                                    && (node.generation > 1
                                            || key.metadata().activatesAt().toEpochMilli() <= now)),
                    () -> node + " makes a key because it sees none that is active: " + shown(keys));
            return;
        }
        KeyRef ref = active.get().metadata().ref();
        long dueAt = active.get().metadata().activatesAt().toEpochMilli()
                + world.profile().age().toMillis()
                - world.profile().window().toMillis();
        boolean spent = world.profile().budget().isPresent()
                && sealed.getOrDefault(ref, 0L) >= world.profile().budget().getAsLong();
        // Whoever stole the older generation's secret may know the key.
        boolean outdated = generationOf(active.get()) < node.generation;
        Duration soon = outdated ? world.profile().skew() : world.profile().window();
        require(now >= dueAt || spent || outdated, () -> node + " makes a key though none is due: " + shown(keys));
        boolean follows = keys.stream()
                .filter(key -> key.status() == KeyStatus.PENDING && generationOf(key) == node.generation)
                .filter(key -> key.metadata().epoch().compareTo(ref.epoch()) > 0)
                .filter(key -> key.metadata().createdAt().toEpochMilli()
                        <= now + world.profile().skew().toMillis())
                .anyMatch(key -> key.metadata().activatesAt().toEpochMilli() <= now + soon.toMillis());
        require(!follows, () -> node + " makes a key though another one is about to follow: " + shown(keys));
    }

    private int generationOf(KeyDescription key) {
        return keyRec(key.metadata().ref()).map(rec -> rec.generation).orElse(1);
    }

    /** A node returned a message. */
    void sealed(Node node, byte[] bytes, byte[] plaintext, EncryptionContext context, boolean unstalled) {
        KeyRef key = MessageHeader.parse(bytes).key();
        boolean orderly = unstalled && isTame(node) && node.jumpedBackAt <= node.readAt;
        Message message = new Message(bytes, plaintext, context, key, world.now(), orderly);
        world.messages().add(message);
        sealed.merge(key, 1L, Long::sum);
        Rec rec = keyRec(key).orElseThrow(() -> new Violation(node + " uses key " + key + ", which no store took"));
        require(
                node.seen.stream().noneMatch(seen -> key.equals(seen.key) && seen.what.equals("revoked")),
                () -> node + " uses key " + key + ", of whose revocation it has read");
        if (has(key, "destroyed")) {
            // A process that starts on an older copy of the store cannot know; that is said in the threat model.
            require(!orderly || isDamaged(key, "destroyed"), () -> node + " uses key " + key + ", which is destroyed");
            message.dropped = true;
            world.tally().count("messages made too late for their key");
        }
        if (orderly) {
            long age = world.now() - node.readAt;
            require(
                    age <= world.profile().encryptStaleness().toMillis(),
                    () -> node + " encrypts though it last read the store " + Duration.ofMillis(age) + " ago");
        }
        int reads = node.reads;
        List<KeyDescription> own = observed(node);
        if (unstalled && reads == node.reads) {
            // A clock that went back makes a key PENDING again; the node goes on with it all the same.
            boolean again = node.jumpedBackAt > Node.NEVER && key.equals(node.newestSealed);
            require(
                    again
                            || own.stream()
                                    .anyMatch(description -> description.status() == KeyStatus.ACTIVE
                                            && description.metadata().ref().equals(key)),
                    () -> node + " used key " + key + ", which it does not call active: " + shown(own));
        }
        if (node.newestSealed == null || key.epoch().compareTo(node.newestSealed.epoch()) >= 0) {
            node.newestSealed = key;
        }
        if (unstalled) {
            opens(node, message, false);
        }
        Node other = world.nodes().get(world.random().nextInt(world.nodes().size()));
        if (orderly && !isEmergency(rec) && !rec.damaged && isSettled(other) && isTame(other)) {
            require(
                    observed(other).stream()
                            .anyMatch(
                                    description -> description.metadata().ref().equals(key)),
                    () -> node + " uses key " + key + ", which " + other + " does not have");
            world.tally().count("checked propagation");
        }
        if (isSettled(other)) {
            check(other, message);
        }
    }

    /** After every step: some node opens some messages, and two nodes compare what they see. */
    void look() {
        Node node = world.nodes().get(world.random().nextInt(world.nodes().size()));
        if (!isSettled(node)) {
            return;
        }
        List<KeyDescription> keys = observed(node);
        for (int i = 0; i < 2 && !world.messages().isEmpty(); i++) {
            check(
                    node,
                    world.messages().get(world.random().nextInt(world.messages().size())));
        }
        Node other = world.nodes().get((node.number + 1) % world.nodes().size());
        if (isSettled(other) && other.offset == node.offset) {
            compare(node, keys, other, observed(other));
        }
    }

    /** The keys that a node shows: none vanishes, and none comes back to life. */
    List<KeyDescription> observed(Node node) {
        List<KeyDescription> keys = node.ring().admin().keys();
        Map<KeyRef, KeyStatus> before = new HashMap<>(node.statuses);
        for (KeyDescription key : keys) {
            KeyRef ref = key.metadata().ref();
            KeyStatus was = before.remove(ref);
            KeyStatus is = key.status();
            node.statuses.put(ref, is);
            if (was == KeyStatus.DESTROYED) {
                require(is == KeyStatus.DESTROYED, () -> node + " shows destroyed key " + ref + " as " + is);
            } else if (was == KeyStatus.REVOKED) {
                require(
                        is == KeyStatus.REVOKED || is == KeyStatus.DESTROYED,
                        () -> node + " shows revoked key " + ref + " as " + is);
            } else if (was == KeyStatus.ARCHIVED && is == KeyStatus.ACTIVE) {
                boolean barred = keys.stream().anyMatch(later -> isBarred(node, later, ref));
                require(
                        node.jumpedBackAt > Node.NEVER
                                || barred
                                || keys.stream().anyMatch(rival -> isWithdrawn(rival, ref)),
                        () -> node + " falls back to archived key " + ref);
                world.tally().add("fell back from a key of a closed generation", barred ? 1 : 0);
            }
        }
        require(before.isEmpty(), () -> node + " does not know of keys any more: " + before.keySet());
        for (String problem : node.ring().admin().problems()) {
            boolean excused = !problem.contains("is not authentic")
                    || problem.contains("hangs from a generation")
                    || world.profile().rivals();
            require(excused, () -> node + " doubts a record that nobody touched: " + problem);
        }
        return keys;
    }

    /** Made while somebody started a generation without knowing of it: such a key is for opening only. */
    private boolean isBarred(Node node, KeyDescription key, KeyRef than) {
        return key.metadata().epoch().compareTo(than.epoch()) > 0 && generationOf(key) < node.generation;
    }

    private static boolean isWithdrawn(KeyDescription key, KeyRef rivalOf) {
        return key.metadata().epoch().compareTo(rivalOf.epoch()) >= 0
                && !key.metadata().isUsable();
    }

    private void compare(Node one, List<KeyDescription> ofOne, Node other, List<KeyDescription> ofOther) {
        boolean same = one.seen.equals(other.seen)
                && ofOne.stream()
                        .map(KeyDescription::metadata)
                        .toList()
                        .equals(ofOther.stream().map(KeyDescription::metadata).toList());
        if (same) {
            world.tally().count("compared nodes");
            require(
                    ofOne.equals(ofOther),
                    () -> one + " and " + other + " disagree: " + shown(ofOne) + " against " + shown(ofOther));
        }
    }

    /** The message must open here, if the node had the time to learn what it needs. */
    void check(Node node, Message message) {
        Optional<Rec> found = keyRec(message.key).filter(rec -> !rec.buried && !rec.lost);
        if (message.dropped || found.isEmpty()) {
            return;
        }
        Rec rec = found.get();
        long enough = world.profile().refresh().toMillis() + 2_000;
        boolean reachable = heldFor(node, rec) > enough && openableFor(node, rec.generation) > enough;
        if (node.seen.contains(rec) || reachable) {
            opens(node, message, true);
            return;
        }
        boolean settled = world.now() - message.madeAt
                > world.profile().settled().plus(world.profile().bound()).toMillis();
        if (!rec.damaged && settled) {
            require(
                    heldFor(node, rec) >= 0,
                    () -> "the store of " + node + " has lost " + rec.name() + " without a fault");
        }
    }

    /** The message must open here, and if its key is revoked, for an administrator. */
    void opens(Node node, Message message, boolean counted) {
        try {
            require(
                    Arrays.equals(node.ring().decryptor().decrypt(message.bytes, message.context), message.plaintext),
                    () -> node + " opens another text");
        } catch (KeyRevoked e) {
            require(
                    has(message.key, "revoked"),
                    () -> node + " calls a key revoked that nobody revoked: " + message.key);
            Operator.admin(node).decryptDespiteRevocation(message.bytes, message.context);
        } catch (KeyDestroyed e) {
            require(has(message.key, "destroyed"), () -> node + " calls a key destroyed that lives: " + message.key);
        } catch (DkmException e) {
            throw new Violation(node + " does not open a message under key " + message.key + ": " + e, e);
        }
        if (counted) {
            world.tally().count("checked openings");
        }
    }

    /** Something was refused; whatever an honest world does not bring about is an error. */
    void failed(Node node, String what, DkmException e) {
        boolean never = e instanceof AccessDenied
                || e instanceof AuthenticationFailed
                || e instanceof MalformedMessage
                || e instanceof KeyDestroyed;
        if (never) {
            throw new Violation(node + " failed to " + what + ": " + e, e);
        }
        world.tally().count("refused " + e.getClass().getSimpleName());
    }

    /** Which records nobody has any more. */
    void countLosses() {
        for (Rec rec : world.replicas().recs()) {
            boolean lost = !rec.buried
                    && !world.replicas().holds(rec)
                    && world.nodes().stream().noneMatch(node -> node.isOpen() && node.seen.contains(rec));
            if (lost && !rec.lost) {
                world.log("record " + rec.name() + " is lost for good");
                world.tally().count("records lost for good: " + rec.type);
            }
            rec.lost = lost;
        }
    }

    boolean isSettled(Node node) {
        long now = world.now();
        return node.isOpen()
                && node.isUsable()
                && !node.isCut()
                && now - node.troubleAt > 2_000
                && now - node.jumpedAt > 3 * world.profile().refresh().toMillis() + 2_000;
    }

    private boolean isTame(Node node) {
        return Math.abs(node.offset) <= world.profile().skew().toMillis() / 2;
    }

    Optional<Rec> keyRec(KeyRef key) {
        return world.replicas().recs().stream()
                .filter(rec -> rec.isKey() && key.equals(rec.key))
                .findFirst();
    }

    private boolean has(@Nullable KeyRef key, String what) {
        return world.replicas().recs().stream()
                .anyMatch(rec -> key != null && key.equals(rec.key) && rec.what.equals(what));
    }

    /** After a revocation only a key may be active at once. */
    private boolean isEmergency(Rec key) {
        return key.emergency && world.replicas().recs().stream().anyMatch(rec -> rec.what.equals("revoked"));
    }

    private boolean isDamaged(KeyRef key, String what) {
        return world.replicas().recs().stream()
                .anyMatch(rec -> key.equals(rec.key) && rec.what.equals(what) && rec.damaged);
    }

    private long heldFor(Node node, Rec rec) {
        return world.replicas().heldFor(node.replica, rec, world.now());
    }

    /** For how long the node's store has had what it takes to open a generation. */
    private long openableFor(Node node, int generation) {
        if (generation <= node.generation) {
            return Long.MAX_VALUE;
        }
        List<Rec> held = world.replicas().recs().stream()
                .filter(rec -> heldFor(node, rec) >= 0)
                .toList();
        int newest = held.stream()
                .filter(rec -> rec.type.equals("generation"))
                .mapToInt(rec -> rec.generation)
                .max()
                .orElse(1);
        long since = generation > newest ? -1 : Long.MAX_VALUE;
        for (int number = 2; number <= newest; number++) {
            int wanted = number;
            List<Rec> heads = held.stream()
                    .filter(rec -> rec.type.equals("generation") && rec.generation == wanted)
                    .toList();
            since = heads.isEmpty() ? -1 : Math.min(since, heldFor(node, heads.get(0)));
            if (number == newest && !heads.isEmpty()) {
                String wrap = heads.get(0).wrap;
                long root = held.stream()
                        .filter(rec -> rec.type.equals("root") && rec.wrap.equals(wrap))
                        .mapToLong(rec -> heldFor(node, rec))
                        .max()
                        .orElse(-1);
                since = Math.min(since, root);
            }
        }
        return since;
    }

    private static String destruction(Rec rec) {
        return rec.key + " " + rec.number;
    }

    /** Keys in few words. */
    static String shown(List<KeyDescription> keys) {
        return keys.stream()
                .map(key -> key.metadata().ref() + " " + key.status() + " "
                        + key.metadata().createdAt() + " " + key.metadata().activatesAt())
                .collect(Collectors.joining("; ", "[", "]"));
    }

    static void require(boolean holds, Supplier<String> what) {
        if (!holds) {
            throw new Violation(what.get());
        }
    }
}

package io.github.dkm4j.sim;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.store.RecordName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** One seed's world: a thread, a clock, a generator of randomness, the nodes and what happens to them. */
final class World {
    static final Caller OPERATOR = new Caller("operator", "operator");
    private static final String RING = "simulated";
    private static final Caller SERVICE = new Caller("service", "service");
    private static final AccessPolicy POLICY = policy("Operators");

    private final Random random;
    private final Profile profile;
    private final Tally tally = new Tally();
    private final Trace trace;
    private final Replicas replicas;
    private final Oracle oracle;
    private final Operator operator;
    private final InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Message> messages = new ArrayList<>();
    private final Set<RecordName> forgotten = new HashSet<>();
    private long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private boolean calm = true;
    private int depth;

    World(long seed, Profile.Broken broken, boolean rivals, boolean printed) {
        this.random = new Random(seed);
        this.profile = Profile.of(random, broken, rivals);
        this.trace = new Trace(printed);
        this.replicas = new Replicas(profile.replicas(), profile.bound().toMillis(), random);
        this.oracle = new Oracle(this);
        this.operator = new Operator(this);
        groups.add("Services", "service");
        groups.add("Operators", "operator");
        for (int i = 0; i < profile.nodes(); i++) {
            nodes.add(new Node(this, i, i % profile.replicas()));
        }
        log(profile.toString());
    }

    /** Lets the world run for a number of steps, then calms down and sees whether everything works again. */
    Tally run(int steps) {
        try {
            found();
            for (int i = 0; i < steps; i++) {
                step();
            }
            calm = true;
            new Aftermath(this).check();
            tally.count("seeds");
            return tally;
        } catch (Violation e) {
            throw new Violation(e.getMessage() + "\n" + trace, e);
        }
    }

    long now() {
        return now;
    }

    Random random() {
        return random;
    }

    Profile profile() {
        return profile;
    }

    Replicas replicas() {
        return replicas;
    }

    Oracle oracle() {
        return oracle;
    }

    Tally tally() {
        return tally;
    }

    List<Node> nodes() {
        return nodes;
    }

    List<Message> messages() {
        return messages;
    }

    boolean isNested() {
        return depth > 0;
    }

    void log(String line) {
        trace.add(now, "  ".repeat(depth) + line);
    }

    boolean strikes(double chance) {
        return !calm && random.nextDouble() < chance;
    }

    boolean strikes(Fault fault) {
        double chance = profile.chance(fault);
        boolean strikes = chance > 0 && strikes(chance);
        if (strikes) {
            tally.count("fault " + fault);
            log("! " + fault);
        }
        return strikes;
    }

    void forget(RecordName name) {
        forgotten.add(name);
        replicas.forget(name);
    }

    boolean hasForgotten(RecordName name) {
        return forgotten.contains(name);
    }

    void advance(Duration time) {
        now += time.toMillis();
        replicas.deliver(now);
    }

    /** The others go on while one waits. */
    void meanwhile(Node waiting, String what) {
        if (depth > 0) {
            return;
        }
        waiting.stalled = true;
        log(waiting + " " + what);
        depth++;
        try {
            for (int i = random.nextInt(4); i >= 0; i--) {
                step();
            }
        } finally {
            depth--;
        }
        log(waiting + " goes on");
    }

    /** Looks at something without any fault in between. */
    void calmly(Runnable look) {
        boolean before = calm;
        calm = true;
        try {
            look.run();
        } finally {
            calm = before;
        }
    }

    /** Has a node do something, that may be the last that it does. */
    void run(Node node, String what, Runnable operation) {
        log(node + " " + what);
        node.busy = true;
        node.stalled = false;
        try {
            operation.run();
        } catch (Crash e) {
            log(node + " dies");
            node.die();
            oracle.countLosses();
        } catch (NoActiveKey | StoreUnavailable e) {
            log("  " + e);
            tally.count("refused " + e.getClass().getSimpleName());
        } catch (DkmException e) {
            log("  " + e);
            oracle.failed(node, what, e);
        } catch (RuntimeException e) {
            throw new Violation(node + " failed to " + what + ": " + e, e);
        } finally {
            node.busy = false;
            node.command = Node.Command.NONE;
        }
    }

    void open(Node node) {
        run(node, "opens", () -> open(node, random.nextLong()));
    }

    void encrypt(Node node) {
        run(node, "encrypts", () -> {
            byte[] plaintext = ("text " + messages.size()).getBytes(StandardCharsets.US_ASCII);
            EncryptionContext context = EncryptionContext.of("message", Integer.toString(messages.size()));
            byte[] bytes = node.ring().encryptor().encrypt(plaintext, context);
            tally.count("messages");
            calmly(() -> oracle.sealed(node, bytes, plaintext, context, !node.stalled));
        });
    }

    private void found() {
        Node founder = nodes.get(0);
        builder(founder, 1).account(OPERATOR).policy(POLICY).create().close();
        advance(profile.bound());
        founder.die();
        replicas.secure();
        replicas.backUp(0);
        if (!profile.oneClock()) {
            nodes.forEach(node -> node.offset = tolerated());
        }
        nodes.forEach(this::open);
        calm = false;
    }

    private void open(Node node, long seed) {
        node.die();
        node.opened(builder(node, seed).open());
    }

    private KeyRingBuilder builder(Node node, long seed) {
        KeyRingBuilder builder = KeyRing.builder(RING)
                .store(new SimStore(this, node))
                .rootKey(new SimRoot())
                .groups(groups)
                .account(SERVICE)
                .clock(node)
                .random(new SeededRandom(seed))
                // Nothing that hangs on the real time decides how much randomness is drawn.
                .readAhead(0)
                .audit(event -> {})
                .inventory(oracle::messagesUnder)
                .refreshEvery(profile.refresh())
                .replicationBound(profile.bound())
                .clockSkew(profile.skew())
                .propagation(profile.window())
                .rolloverEvery(profile.age())
                .maxStaleness(profile.encryptStaleness(), profile.decryptStaleness())
                .destroyRetention(profile.retention());
        profile.budget().ifPresent(builder::rolloverMessages);
        if (profile.broken() == Profile.Broken.NO_WINDOW) {
            builder.singleNode().propagation(Duration.ZERO);
        }
        return builder;
    }

    /** Policies that differ in nothing that matters here. */
    static AccessPolicy policy(String rollers) {
        return AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "Services")
                .allow(Operation.DECRYPT, "Services")
                .allow(Operation.CREATE_NEXT, "Services")
                .allow(Operation.ROLL_OVER, "Operators", rollers)
                .allow(Operation.ADMINISTER, "Operators")
                .allow(Operation.DESTROY, "Operators")
                .build();
    }

    private void step() {
        tally.count("steps");
        advance(pause());
        strike();
        if (random.nextInt(12) == 0) {
            replicas.backUp(random.nextInt(profile.replicas()));
        }
        List<Node> usable = nodes.stream().filter(Node::isUsable).toList();
        if (usable.isEmpty()) {
            return;
        }
        Node node = usable.get(random.nextInt(usable.size()));
        if (!node.isOpen()) {
            open(node);
        } else {
            int act = random.nextInt(21);
            if (act < 11) {
                encrypt(node);
            } else if (act < 14) {
                run(node, "lists keys", () -> node.ring().admin().keys());
            } else {
                operator.act(node, act);
            }
        }
        if (random.nextBoolean()) {
            calmly(oracle::look);
        }
    }

    private Duration pause() {
        long longest = switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5, 6 -> 2_000;
            case 7, 8, 9, 10, 11 -> profile.refresh().toMillis() * 2;
            case 12, 13, 14, 15 -> profile.window().toMillis() * 2;
            case 16, 17 -> Duration.ofDays(1).toMillis();
            case 18, 19, 20 -> profile.retention().toMillis() * 2;
            case 21, 22 -> profile.age().toMillis();
            default -> Duration.ofDays(300).toMillis();
        };
        return Duration.ofMillis(1 + (long) (random.nextDouble() * longest));
    }

    private void strike() {
        Node node = nodes.get(random.nextInt(nodes.size()));
        if (strikes(Fault.PARTITION)) {
            node.cutUntil = now + pause().toMillis();
            node.troubleAt = node.cutUntil;
        }
        if (strikes(Fault.PAUSE)) {
            node.pausedUntil = now + pause().toMillis();
        }
        if (strikes(Fault.CLOCK_WANDER)) {
            node.moveClock(tolerated());
        }
        if (strikes(Fault.CLOCK_LEAP)) {
            node.moveClock(random.nextBoolean() ? pause().toMillis() : -pause().toMillis());
        }
        if (!node.busy && strikes(Fault.KILL)) {
            log(node + " is killed");
            node.die();
            oracle.countLosses();
        }
        if (strikes(Fault.ROLL_BACK)) {
            replicas.rollBack(now);
            oracle.countLosses();
        }
        if (strikes(Fault.FAILOVER)) {
            replicas.failOver(now);
            oracle.countLosses();
        }
        if (profile.replicas() == 1 && strikes(Fault.CLONE)) {
            fork(node);
        }
    }

    /** Two processes open the ring with the same state of their generators. */
    private void fork(Node node) {
        Node other = nodes.get((node.number + 1) % nodes.size());
        if (node.isUsable() && other.isUsable()) {
            long seed = random.nextLong();
            run(node, "opens, cloned", () -> open(node, seed));
            run(other, "opens, cloned", () -> open(other, seed));
            oracle.countLosses();
        }
    }

    long tolerated() {
        if (profile.oneClock()) {
            return 0;
        }
        long half = profile.skew().toMillis() / 2;
        return (long) ((random.nextDouble() * 2 - 1) * half);
    }
}

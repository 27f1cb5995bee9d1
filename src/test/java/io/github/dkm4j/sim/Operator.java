package io.github.dkm4j.sim;

import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.KeyRingAdmin;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.PolicyVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Administrators do what they are allowed to, at random; unless told otherwise, when the store is in step with itself. */
final class Operator {
    private static final int MOST_REVOCATIONS = 3;

    private final World world;
    private int revocations;
    private int policies;

    Operator(World world) {
        this.world = world;
    }

    void act(Node node, int act) {
        boolean may = world.profile().rivals()
                || (!world.isNested() && world.replicas().inStep());
        if (act < 15) {
            rollOver(node);
        } else if (may && act == 15) {
            revoke(node);
        } else if (may && act < 19) {
            destroy(node);
        } else if (may && act == 19) {
            undo(node);
        } else if (may) {
            changePolicy(node);
        }
    }

    private void changePolicy(Node node) {
        AccessPolicy policy = World.policy("Group " + ++policies);
        world.run(node, "changes the policy to " + policies, () -> {
            PolicyVersion changed = admin(node).changePolicy(policy, "wanted");
            if (!changed.policy().equals(policy)) {
                throw new Violation(node + " has another policy after a change than the one that it wrote: " + changed);
            }
            world.tally().count("operator changed the policy");
        });
    }

    private void rollOver(Node node) {
        world.run(node, "rolls over by command", () -> {
            command(node, Node.Command.ROLL_OVER);
            admin(node).rollOver();
            world.tally().count("operator rolled over");
        });
    }

    private void revoke(Node node) {
        if (revocations >= MOST_REVOCATIONS) {
            return;
        }
        List<KeyRef> keys = keys(node, Set.of(KeyStatus.ACTIVE, KeyStatus.PENDING, KeyStatus.ARCHIVED));
        if (keys.isEmpty()) {
            return;
        }
        revocations++;
        // Mostly one of the newest, so that there is something to replace.
        KeyRef key = world.random().nextInt(3) > 0 ? keys.get(keys.size() - 1) : any(keys);
        world.run(node, "revokes " + key, () -> {
            command(node, Node.Command.REVOKE);
            admin(node).revoke(key, "leaked");
            world.tally().count("operator revoked");
        });
    }

    private void destroy(Node node) {
        List<KeyRef> keys = keys(node, Set.of(KeyStatus.ARCHIVED, KeyStatus.REVOKED));
        if (keys.isEmpty()) {
            return;
        }
        List<KeyRef> asked = keys(node, key -> key.metadata().destroysAt().isPresent());
        KeyRef key = asked.isEmpty() ? any(keys) : any(asked);
        if (world.random().nextInt(4) > 0) {
            world.messages().stream()
                    .filter(message -> message.key.equals(key))
                    .forEach(message -> message.dropped = true);
        }
        world.run(node, "destroys " + key, () -> {
            KeyDescription after = admin(node).destroy(key, "retired");
            boolean done = after.status() == KeyStatus.DESTROYED;
            world.tally().count(done ? "operator destroyed" : "operator asked for destruction");
        });
    }

    private void undo(Node node) {
        List<KeyRef> asked = keys(node, key -> key.metadata().destroysAt().isPresent());
        if (!asked.isEmpty() && world.random().nextInt(3) == 0) {
            KeyRef key = any(asked);
            world.run(node, "undoes the destruction of " + key, () -> {
                admin(node).undoDestruction(key, "needed");
                world.tally().count("operator undid");
            });
        }
    }

    static void command(Node node, Node.Command command) {
        node.command = command;
        node.minted = 0;
    }

    private List<KeyRef> keys(Node node, Set<KeyStatus> of) {
        return keys(node, key -> of.contains(key.status()));
    }

    private List<KeyRef> keys(Node node, Predicate<KeyDescription> which) {
        List<KeyRef> keys = new ArrayList<>();
        world.calmly(() -> admin(node).keys().stream()
                .filter(which)
                .forEach(key -> keys.add(key.metadata().ref())));
        return keys;
    }

    private KeyRef any(List<KeyRef> keys) {
        return keys.get(world.random().nextInt(keys.size()));
    }

    static KeyRingAdmin admin(Node node) {
        return node.ring().as(World.OPERATOR).admin();
    }
}

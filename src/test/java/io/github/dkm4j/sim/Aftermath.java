package io.github.dkm4j.sim;

import static io.github.dkm4j.sim.Oracle.require;

import io.github.dkm4j.KeyDescription;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The faults are over: after some quiet time everything works again, but for what was lost for good. */
final class Aftermath {
    private final World world;
    private final Profile profile;

    Aftermath(World world) {
        this.world = world;
        this.profile = world.profile();
    }

    void check() {
        world.log("the faults are over");
        for (Node node : world.nodes()) {
            node.cutUntil = Node.NEVER;
            node.pausedUntil = Node.NEVER;
            node.moveClock(0);
        }
        // Those that live put back what the store lost, before any other reads it.
        rest();
        openAll();
        rest();
        world.oracle().countLosses();
        acceptLosses();
        rest();
        openAll();
        boolean stuck = world.replicas().recs().stream()
                .anyMatch(rec -> rec.lost && (rec.type.equals("generation") || rec.type.equals("root")));
        world.tally().add("worlds that lost a master secret", stuck ? 1 : 0);
        giveUpWhatIsLost();
        if (!stuck) {
            completeRevocations();
            everythingWorks();
        }
    }

    /** What health tells an operator to do. */
    private void completeRevocations() {
        for (Node node : world.nodes()) {
            List<String> problems = node.isOpen() ? node.ring().admin().problems() : List.of();
            world.oracle().observed(node).stream()
                    .map(key -> key.metadata().ref())
                    .filter(key -> problems.stream()
                            .anyMatch(problem -> problem.contains("revocation of key " + key + " was not completed")))
                    .forEach(key -> world.run(node, "revokes again " + key, () -> {
                        Operator.command(node, Node.Command.REVOKE);
                        Operator.admin(node).revoke(key, "leaked");
                    }));
            rest();
        }
    }

    private void everythingWorks() {
        int before = world.messages().size();
        for (Node node : world.nodes()) {
            require(node.isOpen(), () -> node + " does not open the ring after all");
            world.encrypt(node);
        }
        require(
                world.messages().size() == before + world.nodes().size(),
                () -> "a node does not encrypt after all: "
                        + world.nodes().stream()
                                .map(node -> node.ring().health())
                                .toList());
        rest();
        for (Node node : world.nodes()) {
            require(
                    node.ring().health().isHealthy(),
                    () -> node + " is not well after all: " + node.ring().health());
            world.messages().stream()
                    .filter(message -> !message.dropped)
                    .forEach(message -> world.oracle().opens(node, message, true));
        }
        agree();
    }

    /** All nodes show the same, but for a moment after a key was made. */
    private void agree() {
        String shown = "";
        for (int i = 0; i < 4; i++) {
            for (Duration pause : List.of(profile.bound(), profile.refresh())) {
                world.advance(pause.plusMillis(1));
                world.nodes().forEach(node -> world.oracle().observed(node));
            }
            List<String> views = world.nodes().stream()
                    .map(node -> statuses(world.oracle().observed(node)))
                    .distinct()
                    .toList();
            if (views.size() == 1) {
                agreeOnThePolicy();
                return;
            }
            shown = String.join("\n", views);
        }
        throw new Violation("nodes disagree after all:\n" + shown);
    }

    /** All nodes go by the newest policy that is left. */
    private void agreeOnThePolicy() {
        String newest = world.replicas().recs().stream()
                .filter(rec -> rec.type.equals("policy") && !rec.lost)
                .map(rec -> rec.stored.name().slot())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        for (Node node : world.nodes()) {
            int number = Operator.admin(node).policy().number();
            require(
                    newest.equals(String.format("policy-%010d", number)),
                    () -> node + " goes by version " + number + " of the policy, and there is " + newest);
        }
        world.tally().count("agreed on the policy");
    }

    private static String statuses(List<KeyDescription> keys) {
        return keys.stream()
                .map(key -> key.metadata().ref() + " " + key.status())
                .collect(Collectors.joining("; "));
    }

    /** More than a window, in which every node is used now and then. */
    private void rest() {
        List<Duration> pauses = List.of(
                profile.refresh().multipliedBy(3).plusSeconds(3),
                profile.bound().plusSeconds(1),
                profile.window().plus(profile.skew()).plusSeconds(1));
        for (Duration pause : pauses) {
            world.advance(pause);
            world.nodes().stream()
                    .filter(Node::isOpen)
                    .forEach(node -> world.oracle().observed(node));
        }
    }

    private void openAll() {
        world.nodes().stream().filter(node -> !node.isOpen()).forEach(world::open);
    }

    private void acceptLosses() {
        for (Node node : world.nodes()) {
            boolean missing = node.isOpen()
                    && node.ring().admin().problems().stream().anyMatch(problem -> problem.contains("missing"));
            if (missing) {
                require(
                        world.replicas().recs().stream().anyMatch(rec -> rec.lost),
                        () -> node + " misses a record, though somebody has each: "
                                + node.ring().admin().problems());
                world.run(node, "accepts a restore", () -> {
                    Operator.command(node, Node.Command.ACCEPT_RESTORE);
                    Operator.admin(node).acceptRestore("that is what the backup had");
                    world.tally().count("operator accepted a restore");
                });
            }
        }
    }

    private void giveUpWhatIsLost() {
        for (Message message : world.messages()) {
            boolean lost =
                    world.oracle().keyRec(message.key).map(rec -> rec.lost).orElse(true);
            if (lost && !message.dropped) {
                message.dropped = true;
                world.tally().count("messages lost with every copy of their key");
            }
        }
    }
}

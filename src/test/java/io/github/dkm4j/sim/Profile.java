package io.github.dkm4j.sim;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;

/**
 * What one seed's world is like.
 *
 * @param replicas one: the store is linearizable; more: each node talks to one, and records travel between them
 * @param bound the longest that a record travels
 * @param skew how far clocks may be apart
 * @param age how long a key is active
 * @param budget how many messages a key seals
 * @param faults how likely each is
 * @param oneClock whether all clocks agree to the millisecond unless a fault says otherwise
 * @param broken what is wrong on purpose
 * @param rivals whether administrators act while the store is not in step with itself
 */
record Profile(
        int nodes,
        int replicas,
        Duration refresh,
        Duration bound,
        Duration skew,
        Duration window,
        Duration age,
        Duration encryptStaleness,
        Duration decryptStaleness,
        Duration retention,
        OptionalLong budget,
        Map<Fault, Double> faults,
        boolean oneClock,
        Broken broken,
        boolean rivals) {

    /** What is wrong on purpose, to see that it is noticed. */
    enum Broken {
        NOTHING,
        /** Keys are active at once, although there are several nodes. */
        NO_WINDOW,
        /** The store loses key records for good and says that it did not. */
        FORGETFUL
    }

    static Profile of(Random random, Broken broken, boolean rivals) {
        int replicas = random.nextInt(10) < 6 ? 1 : 2 + random.nextInt(2);
        Duration refresh = pick(random, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(10));
        Duration bound = replicas == 1
                ? Duration.ZERO
                : pick(random, Duration.ofSeconds(5), Duration.ofMinutes(15), Duration.ofHours(3));
        Duration skew = pick(random, Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofMinutes(5));
        Duration window = refresh.plus(bound)
                .plus(skew)
                .plus(pick(random, Duration.ofMillis(1), Duration.ofSeconds(10), Duration.ofHours(1)));
        Duration encryptStaleness = refresh.plus(pick(random, Duration.ZERO, Duration.ofHours(1)));
        Duration decryptStaleness = encryptStaleness.plus(pick(random, Duration.ZERO, Duration.ofDays(1)));
        return new Profile(
                2 + random.nextInt(3),
                replicas,
                refresh,
                bound,
                skew,
                window,
                window.plus(pick(random, Duration.ofDays(1), Duration.ofDays(30), Duration.ofDays(90))),
                encryptStaleness,
                decryptStaleness,
                decryptStaleness.plus(window).plus(skew).plus(pick(random, Duration.ofSeconds(1), Duration.ofDays(30))),
                random.nextInt(3) == 0 ? OptionalLong.of(5 + random.nextInt(40)) : OptionalLong.empty(),
                faults(random, broken),
                random.nextBoolean(),
                broken,
                rivals);
    }

    double chance(Fault fault) {
        return faults.getOrDefault(fault, 0.0);
    }

    /** By when a record that nobody loses is known to every node that is used. */
    Duration settled() {
        return window.plus(refresh).plus(skew).plusSeconds(2);
    }

    private static Map<Fault, Double> faults(Random random, Broken broken) {
        Map<Fault, Double> faults = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            boolean on = random.nextInt(5) < 2;
            double chance = fault.most * random.nextDouble();
            if (on && broken == Broken.NOTHING) {
                faults.put(fault, chance);
            }
        }
        return faults;
    }

    private static Duration pick(Random random, Duration... choices) {
        return choices[random.nextInt(choices.length)];
    }
}

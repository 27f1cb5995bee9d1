package io.github.dkm4j.bench;

import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Decision;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.MembershipCache;
import io.github.dkm4j.policy.Operation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A check whose answer is remembered, of one caller and of many in turn, with and without reading the clock. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MembershipBenchmark {
    @Param({"1", "1000"})
    public int callers;

    private final AccessPolicy policy = AccessPolicy.builder()
            .allow(Operation.ADMINISTER, "Admins")
            .allow(Operation.DECRYPT, "Readers")
            .deny(Operation.DECRYPT, "Leavers")
            .servicesOnly()
            .build();
    private final long now = System.currentTimeMillis();
    private Caller[] names = new Caller[0];
    private MembershipCache cache = cache(new InMemoryGroupDirectory());

    private static MembershipCache cache(InMemoryGroupDirectory groups) {
        return new MembershipCache(groups, Duration.ofHours(1), Duration.ZERO, InstantSource.system(), Runnable::run);
    }

    /** One thread's place among the callers. */
    @State(Scope.Thread)
    public static class Place {
        private int next;
    }

    @Setup
    public void setUp() {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        groups.add("Leavers", "nobody");
        groups.services("Readers");
        names = new Caller[callers];
        for (int i = 0; i < callers; i++) {
            String name = "svc-" + i + "@EXAMPLE.COM";
            groups.add("Readers", name);
            names[i] = new Caller(name, name);
        }
        cache = cache(groups);
    }

    private Caller caller(Place place) {
        place.next = place.next + 1 < names.length ? place.next + 1 : 0;
        return names[place.next];
    }

    @Benchmark
    public Decision remembered(Place place) {
        return cache.decide(policy, caller(place), Operation.DECRYPT, now);
    }

    @Benchmark
    public Decision rememberedAndTimeRead(Place place) {
        return cache.decide(policy, caller(place), Operation.DECRYPT);
    }
}

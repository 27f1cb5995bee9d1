package io.github.dkm4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Years in the life of a ring, with all that goes wrong, for many seeds. {@code -Dsim.seeds=N} runs N of them, {@code
 * -Dsim.seed=S} that one and prints what happens; {@code -Dsim.rivals=true} lets administrators act while the store is
 * not in step with itself.
 */
class SimulationTest {
    private static final int STEPS = 40;

    @Test
    void nothingIsLostWhateverHappens() {
        boolean rivals = Boolean.getBoolean("sim.rivals");
        Long only = Long.getLong("sim.seed");
        if (only != null) {
            System.out.println(run(only, Profile.Broken.NOTHING, rivals, true));
            return;
        }
        Tally all = new Tally();
        List<Violation> violations = LongStream.range(0, Long.getLong("sim.seeds", 10_000))
                .parallel()
                .mapToObj(seed -> {
                    try {
                        all.addAll(run(seed, Profile.Broken.NOTHING, rivals, false));
                        return Optional.<Violation>empty();
                    } catch (Violation e) {
                        return Optional.of(e);
                    }
                })
                .flatMap(Optional::stream)
                .toList();
        System.out.println(all);
        assertThat(violations).isEmpty();
        long lost = all.of("messages lost with every copy of their key");
        assertThat(lost).isLessThan(1 + all.of("messages") / 200);
    }

    @Test
    void aSeedAlwaysTellsTheSameStory() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(run(seed, Profile.Broken.NOTHING, false, false).toString())
                    .isEqualTo(run(seed, Profile.Broken.NOTHING, false, false).toString());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void whatIsBrokenOnPurposeIsNoticed(Profile.Broken broken) {
        assertThat(IntStream.range(0, 200))
                .anySatisfy(seed -> assertThat(fails(seed, broken)).isTrue());
    }

    private static boolean fails(long seed, Profile.Broken broken) {
        try {
            run(seed, broken, false, false);
            return false;
        } catch (Violation e) {
            return true;
        }
    }

    private static Tally run(long seed, Profile.Broken broken, boolean rivals, boolean printed) {
        try {
            return new World(seed, broken, rivals, printed).run(STEPS);
        } catch (Violation e) {
            throw new Violation("seed " + seed + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new Violation("seed " + seed + ": " + e, e);
        }
    }
}

package io.github.dkm4j.crash;

import java.util.Random;

/**
 * When a process is killed: some time after it has said something for the nth time, and at the latest after a number of
 * messages.
 */
record Fate(String word, int times, int delayMicros, int messages) {
    static Fate drawn(Random random) {
        int longest = 20 + random.nextInt(400);
        return switch (random.nextInt(10)) {
            case 0 -> new Fate(CrashingProcess.OPENING, 1, random.nextInt(500_000), longest);
            case 1, 2, 3, 4 -> new Fate(CrashingProcess.MAKING, 1, random.nextInt(12_000), longest);
            case 5 -> new Fate(CrashingProcess.ROLLING, 1 + random.nextInt(5), random.nextInt(20_000), longest);
            default -> new Fate(CrashingProcess.MESSAGE, 1 + random.nextInt(300), 0, longest);
        };
    }
}

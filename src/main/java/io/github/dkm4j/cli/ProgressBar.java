package io.github.dkm4j.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows on one line of a terminal how far a task is. Safe for use by many threads. */
final class ProgressBar {
    private static final int WIDTH = 30;
    private static final long PAUSE_NANOS = 100_000_000;

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final long start;
    private long shownAt;
    private boolean shown;
    private int lastLength;

    ProgressBar(PrintStream out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** Shows this, unless something was shown a moment ago. */
    synchronized void show(long done, long total) {
        long now = nanoTime.getAsLong();
        if (shown && done < total && now - shownAt < PAUSE_NANOS) {
            return;
        }
        shown = true;
        shownAt = now;
        double part = total <= 0 ? 1 : Math.min(1, (double) done / total);
        int filled = (int) (part * WIDTH);
        double seconds = (now - start) / 1e9;
        String line = String.format(
                Locale.ROOT,
                "[%s%s] %3d %%  %,d of %,d rows  %,.0f rows/s",
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                (int) (part * 100),
                done,
                Math.max(done, total),
                seconds > 0 ? done / seconds : 0);
        out.print("\r" + line + " ".repeat(Math.max(0, lastLength - line.length())));
        out.flush();
        lastLength = line.length();
    }

    /** Leaves the line, if anything was shown on it. */
    synchronized void end() {
        if (shown) {
            out.println();
        }
    }
}

package io.github.dkm4j.sim;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last things that happened, to read when a rule did not hold. */
final class Trace {
    private static final int MOST = 40;

    private final boolean printed;
    private final Deque<String> last = new ArrayDeque<>();

    Trace(boolean printed) {
        this.printed = printed;
    }

    void add(long millis, String line) {
        String dated = Instant.ofEpochMilli(millis) + " " + line;
        if (printed) {
            System.out.println(dated);
        }
        if (last.size() == MOST) {
            last.removeFirst();
        }
        last.addLast(dated);
    }

    @Override
    public String toString() {
        return String.join("\n", last);
    }
}

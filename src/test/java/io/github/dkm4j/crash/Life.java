package io.github.dkm4j.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What one process has said until it was killed. For use by one thread; read by others when it is over. */
final class Life {
    private final List<Message> messages = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private final List<String> refusals = new ArrayList<>();
    private final Map<String, Integer> said = new HashMap<>();
    private int ownAccord;
    private boolean opening;
    private boolean rolling;
    private Optional<String> making = Optional.empty();
    private boolean killed;

    /**
     * Reads all that a process says, and kills it as its fate wants.
     *
     * @param onMaking run when the process is about to write a key
     */
    static Life of(Process process, Fate fate, Consumer<Message> onRecord, Runnable onMaking) throws IOException {
        Life life = new Life();
        try (InputStream out = process.getInputStream()) {
            Optional<String> line = wholeLine(out);
            while (line.isPresent()) {
                life.take(line.get(), onRecord, onMaking);
                if (!life.killed && life.isFulfilled(fate)) {
                    spin(fate.delayMicros());
                    life.killed = process.isAlive();
                    kill(process);
                }
                line = wholeLine(out);
            }
        } finally {
            kill(process);
        }
        return life;
    }

    /** All messages that it said it had. */
    List<Message> messages() {
        return messages;
    }

    /** The keys of which it said that it had them from a roll-over. */
    Set<String> keys() {
        return keys;
    }

    /** What went wrong and did not end it. */
    List<String> refusals() {
        return refusals;
    }

    /** How many keys it wrote because the budget was spent. */
    int ownAccord() {
        return ownAccord;
    }

    /** Whether its end came by our hand. */
    boolean wasKilled() {
        return killed;
    }

    boolean endedOpening() {
        return opening;
    }

    boolean endedRolling() {
        return rolling || making.isPresent();
    }

    /** The key that it was writing when it ended. */
    Optional<String> making() {
        return making;
    }

    private void take(String line, Consumer<Message> onRecord, Runnable onMaking) {
        String word = line.substring(0, line.indexOf(' '));
        String text = line.substring(line.indexOf(' ') + 1);
        said.merge(word, 1, Integer::sum);
        switch (word) {
            case CrashingProcess.OPENING -> opening = true;
            case CrashingProcess.ROLLING -> rolling = true;
            case CrashingProcess.MAKING -> {
                making = Optional.of(text);
                ownAccord += rolling ? 0 : 1;
                onMaking.run();
            }
            case CrashingProcess.ROLLED -> keys.add(text);
            case CrashingProcess.MESSAGE -> {
                Message message = Message.parsed(text);
                messages.add(message);
                onRecord.accept(message);
            }
            case CrashingProcess.REFUSED -> refusals.add(text);
            default -> {}
        }
        opening &= word.equals(CrashingProcess.OPENING);
        boolean busy = word.equals(CrashingProcess.ROLLING) || word.equals(CrashingProcess.MAKING);
        rolling &= busy;
        making = busy ? making : Optional.empty();
    }

    private boolean isFulfilled(Fate fate) {
        return said.getOrDefault(fate.word(), 0) >= fate.times() || messages.size() >= fate.messages();
    }

    /** Not a line that the kill has cut. */
    private static Optional<String> wholeLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.write(next);
            next = in.read();
        }
        return next < 0 ? Optional.empty() : Optional.of(line.toString(UTF_8));
    }

    /** Shorter than any wait, and to no effect but that the kills spread. */
    private static void spin(int micros) {
        long end = System.nanoTime() + micros * 1_000L;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    // Through the handle: the process's own method would close the pipe with what is left in it.
    private static void kill(Process process) {
        process.toHandle().destroyForcibly();
    }
}

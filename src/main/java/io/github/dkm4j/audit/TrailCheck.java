package io.github.dkm4j.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks through one trail, record by record, and keeps no more than one of them in memory. For one use. */
final class TrailCheck {
    private static final String IMPOSSIBLE = "?";
    private static final int NOTE_LINES = 6;

    private final TrailKey key;
    private final TrailFindings findings = new TrailFindings();
    private final NavigableMap<Long, Checkpoint> outside = new TreeMap<>();
    private final Set<Long> hearsay = new HashSet<>();

    private MerkleTree tree = new MerkleTree();
    private String link = TrailLine.NONE;
    private long expected;
    private long records;
    private boolean begun;
    private long signed;
    private long proven;
    private long session = -1;

    /** The record before the one that is read, if that one says another hash of it. */
    private long suspect = -1;

    TrailCheck(TrailKey key) {
        this.key = key;
    }

    /** Takes a checkpoint that was held elsewhere. */
    void holds(String note) {
        try {
            Checkpoint checkpoint = key.verify(note);
            Checkpoint other = outside.put(checkpoint.size(), checkpoint);
            if (other != null && !other.says(checkpoint.size(), checkpoint.root())) {
                findings.altered("two checkpoints that were held elsewhere contradict each other at record "
                        + checkpoint.size() + ": the trail's key was used for another trail");
            }
        } catch (IllegalArgumentException e) {
            findings.altered("a checkpoint that was held elsewhere is none of this trail: " + e.getMessage());
        }
    }

    /** Takes a checkpoint that another trail has seen: it shows what was changed, and proves nothing by itself. */
    void hears(Checkpoint checkpoint) {
        Checkpoint other = outside.putIfAbsent(checkpoint.size(), checkpoint);
        if (other == null) {
            hearsay.add(checkpoint.size());
        } else if (!other.says(checkpoint.size(), checkpoint.root())) {
            findings.altered("two checkpoints contradict each other at record " + checkpoint.size()
                    + ": the trail's key was used for another trail");
        }
    }

    /** There are more such checkpoints than are looked at. */
    void hearsTooMuch() {
        findings.incomplete(
                "other trails have seen more checkpoints of this one than are looked at: verify it with fewer of"
                        + " them beside it");
    }

    /** The ring's store does not know it, and knows others. */
    void isUnknown() {
        findings.incomplete(
                "the ring's store does not know this trail: it was begun while that could not be written, or it"
                        + " was put in the place of another one");
    }

    TrailReport run(Path folder) throws IOException {
        List<Path> files = TrailFolder.files(folder);
        for (int i = 0; i < files.size(); i++) {
            read(files.get(i), i == files.size() - 1);
        }
        tellSuspect();
        compareWithOutside();
        if (records == 0) {
            findings.altered("it has no records");
        }
        if (session >= 0) {
            findings.incomplete("the process that began with record " + session
                    + " has not ended: it runs, or it was killed, or the end was cut; what is there has " + signed
                    + " records up to its last checkpoint");
        }
        if (session < 0 && signed < expected) {
            findings.incomplete((signed == expected - 1 ? "record " : "records " + signed + " to ") + (expected - 1)
                    + " stand behind the last checkpoint");
        }
        outside.tailMap(expected, false).values().stream()
                .reduce((a, b) -> b)
                .ifPresent(last -> findings.altered("records " + expected + " to " + (last.size() - 1)
                        + " are missing: a checkpoint of " + last.time() + " covers them"));
        return report();
    }

    /** The report of a trail that is not there. */
    TrailReport missing() {
        findings.altered("the trail is not there");
        return report();
    }

    private TrailReport report() {
        return new TrailReport(key.name(), findings.verdict(), records, signed, proven, findings.all());
    }

    private void read(Path file, boolean last) throws IOException {
        try (LineReader lines = new LineReader(Files.newInputStream(file))) {
            long before = records;
            for (String text = lines.next(); text != null; text = lines.next()) {
                take(text);
                if (records == before + 1) {
                    checkBeginning(file, text);
                }
            }
            if (lines.torn() > 0 && last) {
                findings.incomplete("record " + expected + " is torn: " + lines.torn() + " bytes without an end");
            } else if (lines.torn() > 0) {
                findings.altered("record " + expected + " is torn, and others follow");
            }
        } catch (IllegalArgumentException e) {
            findings.altered("record " + expected + " was altered: " + e.getMessage());
        }
    }

    /** A file begins with a record that says so, and is named by it: otherwise somebody moved records between files. */
    private void checkBeginning(Path file, String text) {
        TrailLine line = parse(text);
        boolean fits = line != null
                && line.type().equals(TrailWriter.FILE)
                && file.getFileName().toString().equals(TrailFolder.fileName(line.number()));
        if (!fits) {
            findings.altered("record " + (expected - 1) + " is not how the file " + file.getFileName() + " begins");
        }
    }

    private void take(String text) {
        TrailLine line = parse(text);
        records++;
        if (line == null) {
            tellSuspect();
            findings.altered("record " + expected + " was altered: it is not written as a record is");
            link = IMPOSSIBLE;
        } else {
            begin(line);
            place(line);
            compareWithOutside();
            understand(line);
            link = TrailLine.link(text);
        }
        tree.add(TrailLine.hash(text));
        expected++;
    }

    private static @Nullable TrailLine parse(String text) {
        try {
            return TrailLine.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The first record that is there need not be the trail's first: old files are archived. */
    private void begin(TrailLine line) {
        if (begun) {
            return;
        }
        begun = true;
        if (line.number() > 0
                && line.type().equals(TrailWriter.FILE)
                && !line.previous().equals(TrailLine.NONE)) {
            tree = treeOf(line);
            expected = line.number();
            link = line.previous();
            findings.incomplete("records 0 to " + (line.number() - 1) + " are in files that are not here");
        }
    }

    private MerkleTree treeOf(TrailLine line) {
        try {
            MerkleTree stated = MerkleTree.parse(line.field(TrailWriter.TREE));
            if (stated.size() == line.number()) {
                return stated;
            }
        } catch (IllegalArgumentException e) {
            // As for another size.
        }
        findings.altered("record " + line.number() + " was altered: it does not say what was before it");
        return new MerkleTree();
    }

    /** Whether it is the next record, and says the hash of the one before. */
    private void place(TrailLine line) {
        boolean follows = line.previous().equals(link);
        if (line.number() != expected && follows) {
            tellSuspect();
            findings.altered("record " + expected + " was altered: it says that it is record " + line.number());
        } else if (line.number() != expected) {
            tellSuspect();
            findings.altered(
                    line.number() > expected
                            ? "records " + expected + " to " + (line.number() - 1) + " are missing"
                            : "record " + line.number() + " is there twice or out of its place");
            expected = line.number();
        } else if (!follows && suspect >= 0) {
            // It was not the one before that was altered but what that one says of its own predecessor.
            suspect = -1;
            findings.altered("record " + (expected - 1) + " was altered");
        } else if (!follows && !link.equals(IMPOSSIBLE)) {
            suspect = expected - 1;
        } else {
            tellSuspect();
        }
    }

    private void tellSuspect() {
        if (suspect >= 0) {
            findings.altered("record " + suspect + " was altered");
            suspect = -1;
        }
    }

    private void understand(TrailLine line) {
        switch (line.type()) {
            case TrailWriter.FILE -> {
                if (!line.field("trail").equals(key.name())
                        || !line.field("format").equals(TrailWriter.FORMAT)
                        || (isSound() && !line.field(TrailWriter.TREE).equals(tree.toString()))) {
                    findings.altered("record " + expected + " begins a file of another trail");
                }
            }
            case AuditTrail.CHECKPOINT -> checkpoint(line);
            case AuditTrail.STARTED -> {
                if (session >= 0) {
                    findings.incomplete("the process that began with record " + session + " did not end before record "
                            + expected + ": it was killed, or records were cut; what is there of it has " + signed
                            + " records up to its last checkpoint");
                }
                session = expected;
            }
            case AuditTrail.ENDED -> session = -1;
            default -> {}
        }
    }

    private void checkpoint(TrailLine line) {
        try {
            String note = line.field(AuditTrail.NOTE);
            Checkpoint checkpoint = key.verify(note);
            if (line.fields().size() != 1 || note.lines().count() != NOTE_LINES) {
                throw new IllegalArgumentException("there is more in it");
            }
            if (!checkpoint.time().equals(line.time())) {
                findings.altered("record " + expected + " was altered: its time is not its checkpoint's");
            }
            if (checkpoint.says(expected, tree.root())) {
                signed = expected + 1; // what the checkpoint itself says is signed too
                if (suspect >= 0) {
                    suspect = -1; // the one before is as it was when this was signed
                    findings.altered("record " + expected + " was altered");
                }
            } else if (isSound()) {
                findings.altered("the checkpoint in record " + expected + " does not fit what is before it");
            }
        } catch (IllegalArgumentException e) {
            findings.altered("record " + expected + " was altered: its checkpoint does not count, " + e.getMessage());
        }
    }

    private boolean isSound() {
        return findings.isWhole() && suspect < 0;
    }

    /** A checkpoint that was held elsewhere for the records read so far. */
    private void compareWithOutside() {
        Checkpoint checkpoint = outside.get(tree.size());
        if (checkpoint == null || tree.size() != expected) {
            return;
        }
        if (checkpoint.says(tree.size(), tree.root())) {
            proven = hearsay.contains(tree.size()) ? proven : tree.size();
        } else if (isSound()) {
            Map.Entry<Long, Checkpoint> before = outside.lowerEntry(tree.size());
            findings.altered("a record from " + (before == null ? 0 : before.getKey()) + " to " + (tree.size() - 1)
                    + " was altered: a checkpoint of " + checkpoint.time() + " says otherwise");
        }
    }
}

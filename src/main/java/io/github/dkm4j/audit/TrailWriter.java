package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Writes a trail's records. A record that could not be written whole is taken back before the next one. Not thread-safe.
 */
final class TrailWriter implements AutoCloseable {
    static final String FILE = "file";
    static final String TREE = "tree";
    static final String FORMAT = "1";

    private final TrailFolder folder;
    private final MerkleTree tree;
    private String previous;
    private Path file;
    private FileChannel channel;
    private long good;

    /** Whether the file's name may not be on the disk yet. */
    private boolean nameless = true;

    /** How long the record is that is being written. */
    private long begun;

    private final int torn;
    private long firstDay;

    private TrailWriter(TrailFolder folder, MerkleTree tree, String previous, Path file, long firstDay, int torn)
            throws IOException {
        this.folder = folder;
        this.tree = tree;
        this.previous = previous;
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
        this.good = channel.size();
        channel.position(good);
        this.firstDay = firstDay;
        this.torn = torn;
    }

    /** Goes on with a trail, or begins it; the end of a record that was not written whole is set aside. */
    static TrailWriter open(TrailFolder folder, Instant now) throws IOException {
        List<Path> files = TrailFolder.files(folder.path());
        if (files.isEmpty()) {
            MerkleTree tree = new MerkleTree();
            String line = header(folder, tree, TrailLine.NONE, now);
            Path file = folder.begin(0, line);
            tree.add(TrailLine.hash(line));
            return new TrailWriter(folder, tree, TrailLine.link(line), file, day(now), 0);
        }
        return goOn(folder, files.get(files.size() - 1));
    }

    private static TrailWriter goOn(TrailFolder folder, Path file) throws IOException {
        MerkleTree tree = new MerkleTree();
        String previous = TrailLine.NONE;
        long end = 0;
        long day = 0;
        try (LineReader lines = new LineReader(Files.newInputStream(file))) {
            for (String text = lines.next(); text != null; text = lines.next()) {
                if (end == 0) {
                    TrailLine first = TrailLine.parse(text);
                    tree = MerkleTree.parse(first.field(TREE));
                    day = day(first.time());
                }
                tree.add(TrailLine.hash(text));
                previous = TrailLine.link(text);
                end += text.length() + 1L;
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    file + " is damaged, and the trail cannot go on: verify it, and move its folder away"
                            + " so that a new trail is begun",
                    e);
        }
        if (end == 0) {
            throw new IOException(file + " is empty, and the trail cannot go on: move its folder away");
        }
        byte[] torn = tail(file, end);
        if (torn.length > 0) {
            folder.setAside(tree.size(), torn);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(end);
        }
        return new TrailWriter(folder, tree, previous, file, day, torn.length);
    }

    private static byte[] tail(Path file, long from) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(channel.size() - from, TrailLine.LONGEST));
            channel.read(buffer, from);
            return buffer.array();
        }
    }

    private static String header(TrailFolder folder, MerkleTree tree, String previous, Instant now) {
        return new TrailLine(
                        tree.size(),
                        previous,
                        now,
                        FILE,
                        Details.of("format", FORMAT, "trail", folder.verifier().name(), TREE, tree.toString()))
                .text();
    }

    /** How many bytes were set aside when this was opened. */
    int torn() {
        return torn;
    }

    /** How many records there are. */
    long size() {
        return tree.size();
    }

    byte[] root() {
        return tree.root();
    }

    /** Writes a record; on the disk only once {@link #force} has returned. */
    void append(Instant time, String type, Map<String, String> fields) throws IOException {
        String text = new TrailLine(tree.size(), previous, time, type, fields).text();
        if (text.length() >= TrailLine.LONGEST) {
            throw new IllegalArgumentException("a record of " + text.length() + " characters is too long");
        }
        takeBack();
        begun = text.length() + 1L;
        TrailFolder.writeFully(channel, (text + "\n").getBytes(US_ASCII));
        good += begun;
        begun = 0;
        tree.add(TrailLine.hash(text));
        previous = TrailLine.link(text);
    }

    /** Takes back what a failure left behind a whole record, which is the only thing that may be there. */
    private void takeBack() throws IOException {
        if (!channel.isOpen()) {
            // Somebody was interrupted while he wrote.
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            channel.position(good + begun);
        }
        if (channel.size() > good + begun) {
            throw new IOException("somebody else writes to " + file + ": move the trail's folder away");
        }
        if (channel.size() != good) {
            channel.truncate(good);
        }
        channel.position(good);
        begun = 0;
    }

    void force() throws IOException {
        if (!channel.isOpen()) {
            takeBack();
        }
        if (nameless) {
            TrailFolder.sync(folder.path());
            nameless = false;
        }
        channel.force(false);
    }

    /** Whether the file is as long as that or of another day. */
    boolean isFull(long bytes, Instant now) {
        return good >= bytes || day(now) > firstDay;
    }

    /** Goes on in a new file. */
    void rotate(Instant now) throws IOException {
        takeBack();
        force();
        String line = header(folder, tree, previous, now);
        Path next = folder.begin(tree.size(), line);
        // From here on the new file is there: nothing may be written to the old one any more.
        file = next;
        nameless = true;
        good = line.length() + 1L;
        begun = 0;
        firstDay = day(now);
        tree.add(TrailLine.hash(line));
        previous = TrailLine.link(line);
        channel.close();
    }

    private static long day(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), 86_400L);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

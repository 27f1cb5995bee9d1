package io.github.dkm4j.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.StoreUnavailable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Keeps rings in a directory of a local POSIX file system, one readable file a record:
 *
 * <pre>
 * DIRECTORY/RING/SLOT.ID    a line "stored-at: INSTANT", then the content, unchanged
 * DIRECTORY/.lock, .gate    locked by writers
 * .tmp-*                    unfinished work; if its writer died, the next writer to that directory deletes it
 * </pre>
 *
 * <p>The time of storing is the store's word; nothing authenticates it.
 *
 * <p>Durable means: the file's content and the directory entries that lead to it were forced to the disk ({@code
 * fsync}) in that order, so that a record survives the death of the process, of the system and of the power supply, as
 * far as the disk keeps its promises. It does not survive the loss of the disk: back the directory up. What {@link
 * #read} returns is durable too, even if its writer died before it could say so.
 *
 * <p>Directories are made with mode 0700 and files with 0600. Whatever is open to the group or to others is refused, and
 * so are symbolic links below the store's directory. The store's directory is made by the first {@link #create}; its
 * parent must exist and be readable.
 *
 * <p>Safe for use by many threads, many instances and many processes of one machine. Reading takes no lock. A writer
 * waits up to ten seconds for the others.
 */
public final class FileKeyRingStore implements KeyRingStore {
    private static final int READ_ATTEMPTS = 5;

    private final Path directory;
    private final InstantSource clock;

    private FileKeyRingStore(Path directory, InstantSource clock) {
        this.directory = directory.toAbsolutePath().normalize();
        this.clock = clock;
    }

    /** A store in the given directory, on the system clock. Touches no file yet. */
    public static FileKeyRingStore at(Path directory) {
        return at(directory, InstantSource.system());
    }

    /**
     * A store in the given directory. Touches no file yet.
     *
     * @param clock gives the time at which a record was stored
     */
    public static FileKeyRingStore at(Path directory, InstantSource clock) {
        return new FileKeyRingStore(directory, clock);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException also if two of the records have the same slot
     */
    @Override
    public boolean create(String ring, List<StoredRecord> records) {
        Rings.requireName(ring);
        List<StoredRecord> all = List.copyOf(records);
        Rings.requireDistinctSlots(all);
        Directories.requirePosix(directory);
        try {
            makeStore();
            return WriterLock.holding(directory, WriterLock.PATIENCE, () -> createLocked(directory.resolve(ring), all));
        } catch (IOException e) {
            throw unavailable("create", ring, e);
        }
    }

    @Override
    public boolean add(String ring, StoredRecord record) {
        return change(
                ring,
                directory -> addLocked(
                        directory, record, isFree(directory, record.name().slot())));
    }

    @Override
    public boolean restore(String ring, StoredRecord record) {
        return change(
                ring,
                directory -> addLocked(
                        directory,
                        record,
                        !Files.exists(directory.resolve(record.name().toString()), NOFOLLOW_LINKS)));
    }

    /** {@inheritDoc} The disk may keep what was deleted, and so do backups of it. */
    @Override
    public boolean remove(String ring, RecordName name) {
        return change(ring, directory -> {
            boolean there = Files.deleteIfExists(directory.resolve(name.toString()));
            syncRing(directory);
            return there;
        });
    }

    /** {@inheritDoc} It is this machine's, as is the file system's where it is local. */
    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public List<StoredRecord> read(String ring) {
        return read(ring, name -> !name.isOfTrail());
    }

    @Override
    public List<StoredRecord> readTrails(String ring, Instant since) {
        return RecordFile.since(since, read(ring, RecordName::isOfTrail));
    }

    private List<StoredRecord> read(String ring, Predicate<RecordName> wanted) {
        Rings.requireName(ring);
        Directories.requirePosix(directory);
        try {
            return readPatiently(directory.resolve(ring), wanted);
        } catch (IOException e) {
            throw unavailable("read", ring, e);
        }
    }

    private void makeStore() throws IOException {
        try {
            Directories.make(directory);
        } catch (FileAlreadyExistsException e) {
            // Somebody was first: the check below judges what is there.
        }
        Directories.check(directory);
        // Also if it existed: its maker may have died before this line.
        Path parent = directory.getParent();
        if (parent != null) {
            Directories.sync(parent);
        }
    }

    private boolean createLocked(Path ringDirectory, List<StoredRecord> records) throws IOException {
        Directories.deleteLeftovers(directory);
        if (isPresent(ringDirectory)) {
            Directories.sync(directory);
            return false;
        }
        Path unfinished = directory.resolve(temporaryName());
        Directories.make(unfinished);
        Instant now = clock.instant();
        for (StoredRecord record : records) {
            Directories.write(unfinished.resolve(record.name().toString()), RecordFile.encode(record, now));
        }
        // What a name leads to must be on the disk before the name is: a crash then leaves the whole ring or none.
        Directories.sync(unfinished);
        Files.move(unfinished, ringDirectory, StandardCopyOption.ATOMIC_MOVE);
        Directories.sync(directory);
        return true;
    }

    private boolean change(String ring, Change change) {
        Rings.requireName(ring);
        Directories.requirePosix(directory);
        Path ringDirectory = directory.resolve(ring);
        try {
            if (!isPresent(ringDirectory)) {
                throw new RingNotFound("there is no ring " + ring + " in " + directory + ": create it first");
            }
            return WriterLock.holding(directory, WriterLock.PATIENCE, () -> {
                Directories.deleteLeftovers(directory);
                Directories.deleteLeftovers(ringDirectory);
                return change.in(ringDirectory);
            });
        } catch (IOException e) {
            throw unavailable("write", ring, e);
        }
    }

    private boolean addLocked(Path ringDirectory, StoredRecord record, boolean free) throws IOException {
        if (free) {
            Path unfinished = ringDirectory.resolve(temporaryName());
            // The content first, then its name, for the same reason as in create.
            Directories.write(unfinished, RecordFile.encode(record, clock.instant()));
            Files.move(unfinished, ringDirectory.resolve(record.name().toString()), StandardCopyOption.ATOMIC_MOVE);
        }
        syncRing(ringDirectory);
        return free;
    }

    private static boolean isFree(Path ringDirectory, String slot) throws IOException {
        return Directories.names(ringDirectory).stream().noneMatch(name -> name.startsWith(slot + "."));
    }

    private List<StoredRecord> readPatiently(Path ringDirectory, Predicate<RecordName> wanted) throws IOException {
        for (int attempt = 1; ; attempt++) {
            if (!isPresent(ringDirectory)) {
                return List.of();
            }
            try {
                return readOnce(ringDirectory, wanted);
            } catch (NoSuchFileException e) {
                if (attempt == READ_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private List<StoredRecord> readOnce(Path ringDirectory, Predicate<RecordName> wanted) throws IOException {
        List<String> names = Directories.names(ringDirectory);
        // The writer may have died between rename and fsync, and our caller uses what it reads.
        syncRing(ringDirectory);
        List<StoredRecord> records = new ArrayList<>();
        for (String name : names) {
            Optional<RecordName> recordName = RecordFile.nameOf(name).filter(wanted);
            if (recordName.isPresent()) {
                byte[] file = Directories.read(ringDirectory.resolve(name), RecordFile.MAX_LENGTH);
                records.add(RecordFile.decode(recordName.get(), file));
            }
        }
        return RecordFile.inOrder(records);
    }

    /** Forces the ring's entries and the entry of the ring itself: whoever made the ring may have died before that. */
    private void syncRing(Path ringDirectory) throws IOException {
        Directories.sync(ringDirectory);
        Directories.sync(directory);
    }

    private boolean isPresent(Path ringDirectory) throws IOException {
        try {
            Directories.check(directory);
            Directories.check(ringDirectory, NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static String temporaryName() {
        return Directories.TEMPORARY + UUID.randomUUID();
    }

    /** What a writer does to a ring's directory while it holds the lock. */
    private interface Change {
        boolean in(Path ringDirectory) throws IOException;
    }

    private StoreUnavailable unavailable(String what, String ring, IOException cause) {
        return new StoreUnavailable(
                "cannot " + what + " ring " + ring + " in " + directory + " (" + cause + "): check that the directory's"
                        + " parent exists, that the disk has room and that this process owns the files, then try again",
                cause);
    }
}

package io.github.dkm4j.store;

import static io.github.dkm4j.store.Records.record;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Writes to a store until it is killed, and prints {@code RING/RECORD} for each record once it is stored. */
final class WritingProcess {
    /** Printed for a slot that another writer has won. */
    static final String LOST = "lost";

    private static final int THREADS = 3;

    private WritingProcess() {}

    /** Arguments: the store's directory and a prefix for the names of rings and of slots. */
    public static void main(String[] arguments) {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        for (int i = 0; i < THREADS; i++) {
            String id = "p" + ProcessHandle.current().pid() + "t" + i;
            new Thread(() -> write(Path.of(arguments[0]), arguments[1], id, out)).start();
        }
    }

    private static void write(Path directory, String prefix, String id, OutputStream out) {
        FileKeyRingStore store = FileKeyRingStore.at(directory);
        for (int i = 0; ; i++) {
            StoredRecord added = record(prefix + "-" + i, id, "content " + i);
            if (store.add("mail", added)) {
                print(out, "mail/" + added.name());
            } else {
                print(out, LOST);
            }
            String ring = prefix + "-ring-" + i;
            if (store.create(ring, List.of(record("genesis", id, "1"), record("key-1", id, "2")))) {
                print(out, ring + "/genesis." + id);
                print(out, ring + "/key-1." + id);
            }
        }
    }

    // One system call a line, so that a killed process leaves no half line.
    private static void print(OutputStream out, String line) {
        try {
            out.write((line + "\n").getBytes(US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

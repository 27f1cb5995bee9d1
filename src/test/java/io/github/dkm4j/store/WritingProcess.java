package io.github.dkm4j.store;

import static io.github.dkm4j.store.Records.record;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/** Writes to a store until it is killed, and prints {@code RING/RECORD} for each record once it is stored. */
final class WritingProcess {
    private WritingProcess() {}

    /** Arguments: the store's directory and a prefix for the names of rings and records. */
    public static void main(String[] arguments) throws IOException {
        FileKeyRingStore store = FileKeyRingStore.at(Path.of(arguments[0]));
        String prefix = arguments[1];
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            for (int i = 0; ; i++) {
                StoredRecord added = record(prefix + "-" + i, "a", "content " + i);
                if (store.add("mail", added)) {
                    print(out, "mail/" + added.name());
                }
                String ring = prefix + "-ring-" + i;
                List<StoredRecord> first = List.of(record("genesis", "a", "1"), record("key-1", "b", "2"));
                if (store.create(ring, first)) {
                    print(out, ring + "/genesis.a");
                    print(out, ring + "/key-1.b");
                }
            }
        }
    }

    // One system call a line, so that a killed process leaves no half line.
    private static void print(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(US_ASCII));
    }
}

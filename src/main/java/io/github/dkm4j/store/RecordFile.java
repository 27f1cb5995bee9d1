package io.github.dkm4j.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A record's file: a line {@code stored-at: INSTANT}, then the content as it is. */
final class RecordFile {
    private static final int MAX_HEADER_LENGTH = 64;

    static final int MAX_LENGTH = StoredRecord.MAX_LENGTH + MAX_HEADER_LENGTH;

    private static final String LABEL = "stored-at: ";

    private RecordFile() {}

    static byte[] encode(StoredRecord record, Instant storedAt) {
        byte[] header = (LABEL + storedAt + "\n").getBytes(US_ASCII);
        byte[] content = record.content();
        byte[] file = Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, file, header.length, content.length);
        return file;
    }

    /** A file that is not of this form is a record all the same, though of a time unknown: its reader sets it aside. */
    static StoredRecord decode(RecordName name, byte[] file) {
        int end = 0;
        while (end < file.length && end < MAX_HEADER_LENGTH && file[end] != '\n') {
            end++;
        }
        String line = new String(file, 0, end, US_ASCII);
        if (end == file.length || !line.startsWith(LABEL) || file.length - end - 1 > StoredRecord.MAX_LENGTH) {
            return damaged(name, file);
        }
        try {
            Instant storedAt = Instant.parse(line.substring(LABEL.length()));
            return StoredRecord.of(name, Arrays.copyOfRange(file, end + 1, file.length))
                    .storedAt(storedAt);
        } catch (DateTimeParseException e) {
            return damaged(name, file);
        }
    }

    /** The record's name; empty if the file is none: whatever it is, records are missed by what names them. */
    static Optional<RecordName> nameOf(String fileName) {
        int dot = fileName.indexOf('.');
        try {
            return Optional.of(new RecordName(fileName.substring(0, Math.max(dot, 0)), fileName.substring(dot + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static List<StoredRecord> inOrder(Collection<StoredRecord> records) {
        return records.stream().sorted(Comparator.comparing(StoredRecord::name)).toList();
    }

    /** Those that were stored then or later, or nobody knows when. */
    static List<StoredRecord> since(Instant since, Collection<StoredRecord> records) {
        return inOrder(records).stream()
                .filter(record -> record.storedAt().stream().noneMatch(at -> at.isBefore(since)))
                .toList();
    }

    private static StoredRecord damaged(RecordName name, byte[] file) {
        return StoredRecord.of(name, Arrays.copyOf(file, Math.min(file.length, StoredRecord.MAX_LENGTH)));
    }
}

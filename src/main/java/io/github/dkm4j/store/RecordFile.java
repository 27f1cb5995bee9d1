package io.github.dkm4j.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.dkm4j.key.StoreUnavailable;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    static StoredRecord decode(Path path, RecordName name, byte[] file) {
        int end = 0;
        while (end < file.length && end < MAX_HEADER_LENGTH && file[end] != '\n') {
            end++;
        }
        if (end == file.length || file[end] != '\n') {
            throw malformed(path, null);
        }
        String line = new String(file, 0, end, US_ASCII);
        if (!line.startsWith(LABEL) || file.length - end - 1 > StoredRecord.MAX_LENGTH) {
            throw malformed(path, null);
        }
        try {
            Instant storedAt = Instant.parse(line.substring(LABEL.length()));
            return StoredRecord.of(name, Arrays.copyOfRange(file, end + 1, file.length))
                    .storedAt(storedAt);
        } catch (DateTimeParseException e) {
            throw malformed(path, e);
        }
    }

    static RecordName nameOf(Path path, String fileName) {
        int dot = fileName.indexOf('.');
        try {
            return new RecordName(fileName.substring(0, Math.max(dot, 0)), fileName.substring(dot + 1));
        } catch (IllegalArgumentException e) {
            throw new StoreUnavailable(
                    path + " is not a record: a ring's directory holds records only; move this file elsewhere", e);
        }
    }

    static List<StoredRecord> inOrder(Collection<StoredRecord> records) {
        return records.stream().sorted(Comparator.comparing(StoredRecord::name)).toList();
    }

    private static StoreUnavailable malformed(Path path, @Nullable Throwable cause) {
        return new StoreUnavailable(
                path + " does not begin with its time of storing or is too long: restore it from a backup", cause);
    }
}

package io.github.dkm4j.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;

/** Records for tests. */
final class Records {
    static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123456789Z");

    private Records() {}

    static StoredRecord record(String slot, String id, String content) {
        return StoredRecord.of(new RecordName(slot, id), content.getBytes(UTF_8));
    }

    static List<String> names(List<StoredRecord> records) {
        return records.stream().map(record -> record.name().toString()).toList();
    }
}

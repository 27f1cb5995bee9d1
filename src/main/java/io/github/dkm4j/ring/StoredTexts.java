package io.github.dkm4j.ring;

import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.root.RootWrap;
import io.github.dkm4j.store.StoredRecord;
import java.util.List;

/** Finds and reads the records without which a ring cannot be opened, with errors that name them. */
final class StoredTexts {
    private StoredTexts() {}

    static RecordText one(List<StoredRecord> stored, String slot, String type) {
        List<StoredRecord> found = stored.stream()
                .filter(record -> record.name().slot().equals(slot))
                .toList();
        if (found.isEmpty() && type.equals(RingRecords.ROOT)) {
            throw new RootKeyDenied(
                    "the ring's master secret is not wrapped by a root of this kind: no record " + slot);
        }
        if (found.size() != 1) {
            throw new RecordNotAuthentic(
                    "the ring has " + found.size() + " records " + slot + " instead of one; restore it from a backup");
        }
        return parsed(found.get(0), type);
    }

    static RecordText parsed(StoredRecord stored, String type) {
        try {
            RecordText record = RecordText.parse(stored.content());
            if (!record.type().equals(type)) {
                throw new RecordNotAuthentic("it is of another type");
            }
            return record;
        } catch (RecordNotAuthentic e) {
            throw notAuthentic(stored.name().toString(), e);
        }
    }

    static RootWrap wrap(RecordText root) {
        try {
            return new RootWrap(root.value("parameters"), root.binary("wrapped"));
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("the root's record is not of its form: " + e.getMessage(), e);
        }
    }

    static void verify(RecordText record, MasterSecret master) {
        try {
            record.verify(master.recordKey());
        } catch (RecordNotAuthentic e) {
            throw notAuthentic(record.type(), e);
        }
    }

    private static RecordNotAuthentic notAuthentic(String what, RecordNotAuthentic cause) {
        return new RecordNotAuthentic(
                "record " + what + " is not authentic: " + cause.getMessage() + "; restore it from a backup", cause);
    }
}

package io.github.dkm4j.ring;

import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.PolicyVersion;
import io.github.dkm4j.store.RecordName;
import java.util.Collection;

/** Makes and reads the records of a ring's policy: one for each version. */
final class PolicyRecords {
    private PolicyRecords() {}

    static RecordText record(
            String ringId, String id, PolicyVersion version, Collection<Hash> heads, MasterSecret master) {
        RecordText.Builder record = RingRecords.chained(RingRecords.POLICY, ringId, heads, master)
                .add("id", id)
                .add("version", version.number())
                .add("at", version.since())
                .add("by", Printable.escape(version.by()))
                .add("reason", Printable.escape(version.reason()));
        version.policy().toLines().forEach(line -> record.add("rule", Printable.escape(line)));
        return record.build(master.recordKey());
    }

    static PolicyVersion read(RecordText record) {
        try {
            return new PolicyVersion(
                    RingRecords.number(record, "version"),
                    RingRecords.bounded(record.instant("at")),
                    Printable.unescape(record.value("by")),
                    Printable.unescape(record.value("reason")),
                    AccessPolicy.fromLines(record.values("rule").stream()
                            .map(Printable::unescape)
                            .toList()));
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("its policy cannot be read: " + e.getMessage(), e);
        }
    }

    /** Which version it is. */
    static int number(SeenRecord record) {
        return Integer.parseInt(record.name().slot().substring(RingRecords.POLICY.length() + 1));
    }

    static String slot(int version) {
        return String.format("%s-%010d", RingRecords.POLICY, version);
    }

    static RecordName name(RecordText record) {
        return new RecordName(slot(RingRecords.number(record, "version")), record.value("id"));
    }
}

package io.github.dkm4j.audit;

import java.util.List;

/**
 * What is known of a trail after it was looked through.
 *
 * @param trail its name
 * @param verdict the worst that was found
 * @param records how many records are there
 * @param signed how many records its own last good checkpoint covers: whoever has the trail's key can have rewritten them
 * @param proven how many records are covered by a checkpoint that was held elsewhere, and are as they were then
 * @param findings what was found, in words; at most 100
 */
public record TrailReport(
        String trail, Verdict verdict, long records, long signed, long proven, List<String> findings) {
    /** From good to bad. */
    public enum Verdict {
        /** Nothing was changed or is missing, up to the last checkpoint. */
        VERIFIED,
        /** What is there fits together, and its end or its beginning is not there: a crash and a cut look alike. */
        INCOMPLETE,
        /** Something was changed, is missing or is not the trail's own. */
        ALTERED
    }

    /** Copies the findings. */
    public TrailReport {
        findings = List.copyOf(findings);
    }
}

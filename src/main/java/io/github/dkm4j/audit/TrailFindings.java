package io.github.dkm4j.audit;

import io.github.dkm4j.audit.TrailReport.Verdict;
import java.util.ArrayList;
import java.util.List;

/** What is found in a trail, and the worst of it. Not thread-safe. */
final class TrailFindings {
    private static final int MOST = 100;

    private final List<String> all = new ArrayList<>();
    private Verdict verdict = Verdict.VERIFIED;

    void altered(String finding) {
        add(Verdict.ALTERED, finding);
    }

    void incomplete(String finding) {
        add(Verdict.INCOMPLETE, finding);
    }

    private void add(Verdict worse, String finding) {
        verdict = verdict.compareTo(worse) < 0 ? worse : verdict;
        if (all.size() < MOST) {
            all.add(finding);
        }
    }

    /** Whether nothing was found that makes the tree another than it was. */
    boolean isWhole() {
        return verdict != Verdict.ALTERED;
    }

    Verdict verdict() {
        return verdict;
    }

    List<String> all() {
        return all;
    }
}

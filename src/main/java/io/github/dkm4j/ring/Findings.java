package io.github.dkm4j.ring;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a view; lists the first ones and counts the rest, so that a full store of junk stays readable. */
final class Findings {
    private static final int MOST = 20;

    private final List<String> first = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private int more;

    void add(String finding) {
        if (first.size() < MOST) {
            first.add(finding);
        } else {
            more++;
        }
    }

    /** What is wrong and yet hides nothing; the first ones only. */
    void remark(String remark) {
        if (remarks.size() < MOST) {
            remarks.add(remark);
        }
    }

    List<String> remarks() {
        return List.copyOf(remarks);
    }

    boolean none() {
        return first.isEmpty();
    }

    List<String> listed() {
        List<String> listed = new ArrayList<>(first);
        if (more > 0) {
            listed.add("and " + more + " more");
        }
        return listed;
    }
}

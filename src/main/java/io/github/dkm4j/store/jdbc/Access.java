package io.github.dkm4j.store.jdbc;

import java.util.List;

/**
 * What was found out about who may do what in a database.
 *
 * @param controlled whether the database itself keeps readers and writers of rings apart
 * @param findings where it does otherwise than the shipped scripts say, in words
 */
record Access(boolean controlled, List<String> findings) {
    Access {
        findings = List.copyOf(findings);
    }
}

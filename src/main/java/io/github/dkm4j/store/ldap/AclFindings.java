package io.github.dkm4j.store.ldap;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check has found, in words that may be shown. Immutable.
 *
 * @param containers of the container of rings and of what is directly in it: only administrators add, change or open those
 * @param records of what is in rings: whoever may roll over can put an object there with a list of its own choosing
 */
record AclFindings(List<String> containers, List<String> records) {
    AclFindings {
        containers = List.copyOf(containers);
        records = List.copyOf(records);
    }

    /** Both, those of containers first. */
    List<String> all() {
        List<String> all = new ArrayList<>(containers);
        all.addAll(records);
        return List.copyOf(all);
    }
}

package io.github.dkm4j.audit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names and values in the order given. */
final class Details {
    private Details() {}

    static Map<String, String> of(Object... namesAndValues) {
        Map<String, String> details = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            details.put(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
        }
        return Collections.unmodifiableMap(details);
    }
}

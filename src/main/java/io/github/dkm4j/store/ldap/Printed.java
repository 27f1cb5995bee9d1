package io.github.dkm4j.store.ldap;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names as they may be shown: whoever may add objects chooses what they are called. */
final class Printed {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private Printed() {}

    /** The text with its control characters as Java writes them. */
    static String escaped(String text) {
        return CONTROL.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        String.format(Locale.ROOT, "\\u%04x", found.group().codePointAt(0))));
    }
}

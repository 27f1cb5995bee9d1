package io.github.dkm4j.crypto;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Text of any kind as printable ASCII without spaces: all but {@code !} to {@code ~}, and {@code %}, is as in a URL. */
public final class Percent {
    private Percent() {}

    /** Writes a text; an unpaired surrogate becomes U+FFFD. */
    public static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            // An unpaired surrogate is no character.
            String one = Character.toString(c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
            if (c == ' ') {
                out.append("%20");
            } else {
                out.append(c > 0x20 && c < 0x7F && c != '%' ? one : URLEncoder.encode(one, StandardCharsets.UTF_8));
            }
        });
        return out.toString();
    }

    /**
     * Reads it again.
     *
     * @throws IllegalArgumentException if a percent sign is not followed by two digits
     */
    public static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}

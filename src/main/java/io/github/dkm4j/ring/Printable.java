package io.github.dkm4j.ring;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Policy lines as printable ASCII: group names may hold any letters. */
final class PolicyText {
    private PolicyText() {}

    static String escape(String line) {
        StringBuilder out = new StringBuilder();
        line.codePoints().forEach(c -> {
            String one = Character.toString(c);
            out.append(c >= 0x20 && c < 0x7F && c != '%' ? one : URLEncoder.encode(one, StandardCharsets.UTF_8));
        });
        return out.toString();
    }

    static String unescape(String line) {
        return URLDecoder.decode(line.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}

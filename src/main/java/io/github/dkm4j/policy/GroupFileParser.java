package io.github.dkm4j.policy;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the text of a {@link FileGroupDirectory}. */
final class GroupFileParser {
    private final Path file;
    private final Map<String, Groups.Members> groups = new HashMap<>();

    private GroupFileParser(Path file) {
        this.file = file;
    }

    /**
     * @param file for messages only
     * @param services the group whose members are services
     * @throws GroupDirectoryUnavailable if the content is malformed
     */
    static Groups parse(Path file, byte[] content, @Nullable String services) {
        GroupFileParser parser = new GroupFileParser(file);
        List<String> lines = parser.decode(content).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            parser.line(i + 1, lines.get(i).strip());
        }
        return Groups.of(parser.groups, services);
    }

    private String decode(byte[] content) {
        try {
            // A fresh decoder reports malformed input; new String would put replacement characters into names.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new GroupDirectoryUnavailable("group file " + file + " is not UTF-8", e);
        }
    }

    private void line(int number, String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        int is = line.indexOf('=');
        if (is < 0 || line.startsWith("\uFEFF")) {
            throw malformed(number, "expected \"Group = member, @NestedGroup\"", null);
        }
        try {
            String group = Names.checked(line.substring(0, is));
            if (groups.containsKey(group)) {
                throw new IllegalArgumentException("the group is already on a line above");
            }
            String members = line.substring(is + 1).strip();
            groups.put(group, Groups.Members.NONE.plus(members.isEmpty() ? List.of() : split(members)));
        } catch (IllegalArgumentException e) {
            throw malformed(number, e.getMessage(), e);
        }
    }

    private static List<String> split(String members) {
        return Arrays.stream(members.split(",", -1)).map(String::strip).toList();
    }

    private GroupDirectoryUnavailable malformed(int number, @Nullable String what, @Nullable Throwable cause) {
        return new GroupDirectoryUnavailable("group file " + file + ", line " + number + ": " + what, cause);
    }
}

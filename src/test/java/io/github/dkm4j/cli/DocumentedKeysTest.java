package io.github.dkm4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The configurations that documents show have keys that there are. */
class DocumentedKeysTest {
    private static final Pattern BLOCK =
            Pattern.compile("^ *```(\\w*)\n(.*?)^ *```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("^([a-z][a-z0-9.-]*)=", Pattern.MULTILINE);

    @Test
    void everyKeyIsKnown() throws IOException {
        List<String> unknown = new ArrayList<>();
        int known = 0;
        for (Path document : documents()) {
            Matcher block = BLOCK.matcher(Files.readString(document));
            while (block.find()) {
                if (!block.group(1).isEmpty()) {
                    continue; // another language
                }
                Matcher key = KEY.matcher(block.group(2));
                while (key.find()) {
                    if (KnownKeys.nearestIfUnknown(key.group(1)).isPresent()) {
                        unknown.add(document + ": " + key.group(1));
                    } else {
                        known++;
                    }
                }
            }
        }

        assertThat(unknown).isEmpty();
        assertThat(known).isGreaterThan(30);
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            return Stream.concat(Stream.of(Path.of("README.md")), docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
        }
    }
}

package io.github.dkm4j.it.classpath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConsumerTest {
    @Test
    void textComesBack() {
        assertEquals("Grüße", Consumer.thereAndBack("Grüße"));
    }

    @Test
    void theLibraryBringsBouncyCastleAndSlf4jAndNoMore() throws IOException {
        String classpath =
                Files.readString(Path.of("target", "runtime-classpath.txt")).strip();

        Set<String> artifacts = Stream.of(classpath.split(File.pathSeparator))
                .map(jar -> new File(jar).getName().replaceFirst("-\\d+\\.\\d.*\\.jar$", ""))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(Set.of("dkm4j", "bcprov-jdk18on", "slf4j-api"), artifacts);
    }
}

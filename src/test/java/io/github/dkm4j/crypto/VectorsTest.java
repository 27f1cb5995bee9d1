package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The project's own vectors, made by {@link ReferenceCipher}. */
class VectorsTest {
    @TestFactory
    Stream<DynamicTest> everyVectorEndsAsItSays() {
        return Stream.of(1, 2)
                .flatMap(suite -> tree(suite).valueStream())
                .map(vector -> DynamicTest.dynamicTest(
                        "suite " + vector.get("suite").asText() + ": "
                                + vector.get("comment").asText(),
                        () -> VectorCheck.check(vector)));
    }

    @ParameterizedTest
    @CsvSource({"1, 60", "2, 25"})
    void generatorReproducesTheFiles(int suite, int atLeast) throws IOException, GeneralSecurityException {
        assertThat(text(suite)).isEqualTo(VectorGenerator.file(suite));
        assertThat(tree(suite).size()).isGreaterThanOrEqualTo(atLeast);
    }

    private static JsonNode tree(int suite) {
        try {
            return new JsonMapper().readTree(text(suite));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(int suite) throws IOException {
        String name = "/vectors/suite" + suite + ".json";
        try (InputStream in = Objects.requireNonNull(VectorsTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

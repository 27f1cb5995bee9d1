package io.github.dkm4j.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/audit.md tells all events, and all that is in them. */
class AuditDocumentTest {
    @Test
    void everyEventIsThereWithItsFields() throws IOException {
        String document = Files.readString(Path.of("docs/audit.md"));
        Class<?>[] events = AuditEvent.class.getPermittedSubclasses();
        assertThat(events).hasSizeGreaterThan(10);
        for (Class<?> event : events) {
            String name = event.getSimpleName();
            List<String> common = List.of("time", "ring", "caller");
            String fields = Arrays.stream(event.getRecordComponents())
                    .map(RecordComponent::getName)
                    .filter(field -> !common.contains(field))
                    .map(field -> "`" + field + "`")
                    .collect(Collectors.joining(", "));
            String type = Character.toLowerCase(name.charAt(0)) + name.substring(1);
            assertThat(document).contains("| `" + type + "` | " + fields + " |");
        }
    }
}

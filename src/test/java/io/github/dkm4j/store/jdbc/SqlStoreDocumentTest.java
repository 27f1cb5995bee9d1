package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What docs/sql-store.md shows is what the library ships. */
class SqlStoreDocumentTest {
    @Test
    void documentShowsTheTablesAndGrantsThatAreShipped() throws IOException {
        String document = Files.readString(Path.of("docs/sql-store.md"));
        String tables = JdbcKeyRingStore.schema("postgresql");
        List<String> grants = JdbcKeyRingStore.schema("postgresql-roles")
                .lines()
                .filter(line -> line.startsWith("GRANT ") && line.contains(" ON "))
                .toList();

        assertThat(document)
                .contains(tables.substring(tables.indexOf("CREATE SCHEMA")).strip());
        assertThat(grants).hasSize(8);
        assertThat(document).contains(grants);
    }
}

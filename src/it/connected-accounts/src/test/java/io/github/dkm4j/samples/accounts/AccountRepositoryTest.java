package io.github.dkm4j.samples.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountRepositoryTest {
    @TempDir
    Path directory;

    @Test
    void rowsOutliveTheConnection() throws SQLException {
        try (AccountRepository repository = AccountRepository.at(directory)) {
            repository.addAll(List.of(row("a2"), row("a1")));
        }
        try (AccountRepository repository = AccountRepository.at(directory)) {
            assertThat(repository.all()).extracting(StoredAccount::id).containsExactly("a1", "a2");
            assertThat(repository.find("a1").orElseThrow())
                    .usingRecursiveComparison()
                    .isEqualTo(row("a1"));
        }
    }

    @Test
    void allRowsAreAddedOrNone() throws SQLException {
        try (AccountRepository repository = AccountRepository.at(directory)) {
            assertThatThrownBy(() -> repository.addAll(List.of(row("a1"), row("a1"))))
                    .isInstanceOf(SQLException.class);
            assertThat(repository.all()).isEmpty();
        }
    }

    @Test
    void aCredentialIsReplaced() throws SQLException {
        try (AccountRepository repository = AccountRepository.at(directory)) {
            repository.addAll(List.of(row("a1")));
            repository.replaceCredential("a1", new byte[] {9});

            assertThat(repository.find("a1").orElseThrow().credential()).containsExactly(9);
            assertThatThrownBy(() -> repository.replaceCredential("a2", new byte[] {9}))
                    .isInstanceOf(SQLException.class);
        }
    }

    private static StoredAccount row(String id) {
        return new StoredAccount(id, "gmx", "u@example.org", Account.Kind.PASSWORD, new byte[] {1, 2, 3});
    }
}

package io.github.dkm4j.rewrap;

import static io.github.dkm4j.TestRings.OPERATOR;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.TestRings;
import io.github.dkm4j.key.DestructionRefused;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.sql.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What goes wrong with old keys in the field, and cannot happen here: 60 rows under six keys, one of them active. */
class OldKeysTest {
    private static final int EPOCHS = 6;
    private static final int EACH = 10;

    private final DataSource source = Postgres.source(Postgres.newDatabase(), Postgres.SUPERUSER);
    private final MessageTable table =
            MessageTable.of("accounts", "id", "token").context("account", "id");
    private final TableInventory inventory = TableInventory.of(source, List.of(table));
    private final TestRings rings = new TestRings();

    @BeforeEach
    void rows() throws SQLException {
        Postgres.execute(source, "CREATE TABLE accounts (id int PRIMARY KEY, token bytea NOT NULL)");
        rings.create();
        try (KeyRing ring = rings.open();
                Connection connection = source.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO accounts VALUES (?, ?)")) {
            for (int id = 0; id < EPOCHS * EACH; id++) {
                insert.setInt(1, id);
                insert.setBytes(
                        2,
                        ring.encryptor()
                                .encrypt(("token " + id).getBytes(UTF_8), EncryptionContext.of("account", "" + id)));
                insert.addBatch();
                if (id % EACH == EACH - 1 && id < (EPOCHS - 1) * EACH) {
                    ring.as(OPERATOR).admin().rollOver();
                    rings.pass(Duration.ofMinutes(6));
                }
            }
            insert.executeBatch();
        }
    }

    @Test
    @DisplayName("Cannot find or bulk-move rows on old keys")
    void cannotFindOrBulkMoveRowsOnOldKeys() {
        assertThat(inventory.counts())
                .hasSize(EPOCHS)
                .allSatisfy(count -> assertThat(count.rows()).isEqualTo(EACH));

        try (KeyRing ring = rings.open()) {
            assertThat(Rewrapper.of(ring).batch(7).rewrap(source, table).moved())
                    .isEqualTo((EPOCHS - 1) * EACH);

            assertThat(inventory.counts()).singleElement().satisfies(count -> {
                assertThat(count.rows()).isEqualTo(EPOCHS * EACH);
                assertThat(count.key())
                        .contains(Rewrapper.of(ring).resealer(false).active());
            });
        }
    }

    @Test
    @DisplayName("Old keys pile up")
    void oldKeysPileUp() {
        try (KeyRing ring = rings.open();
                KeyRing operator = rings.builder(OPERATOR).inventory(inventory).open()) {
            List<KeyRef> old = operator.admin().keys().stream()
                    .filter(key -> key.status() == KeyStatus.ARCHIVED)
                    .map(key -> key.metadata().ref())
                    .toList();
            assertThat(old).hasSize(EPOCHS - 1);
            for (KeyRef key : old) {
                assertThatExceptionOfType(DestructionRefused.class)
                        .isThrownBy(() -> operator.admin().destroy(key, "retired"))
                        .withMessageContaining(EACH + " messages still use");
            }

            Rewrapper.of(ring).rewrap(source, table);
            old.forEach(key -> operator.admin().destroy(key, "retired"));
            rings.pass(Duration.ofDays(31));
            old.forEach(key -> operator.admin().destroy(key, "retired"));

            assertThat(operator.admin().keys())
                    .filteredOn(key -> key.status() != KeyStatus.DESTROYED)
                    .extracting(KeyDescription::status)
                    .containsExactly(KeyStatus.ACTIVE);
            assertThat(rings.store.read("connected-accounts"))
                    .filteredOn(record -> record.name().slot().startsWith("key-"))
                    .hasSize(1);
            assertThat(Rewrapper.of(ring).dryRun(source, table).moved()).isZero();
        }
    }
}

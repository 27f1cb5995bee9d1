package io.github.dkm4j.rewrap;

import static io.github.dkm4j.TestRings.OPERATOR;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dkm4j.Decryptor;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.TestRings;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.sql.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What bulk re-encryption does on every database. The ring has three keys, of which the third is active. */
abstract class RewrapContract {
    private static final int ROWS = 25;

    private final TestRings rings = new TestRings();
    private final List<KeyRef> keys = new ArrayList<>();
    private KeyRing ring;
    private DataSource source;
    private Rewrapper rewrapper;
    private final MessageTable table = MessageTable.of("accounts", "id", "token")
            .context("account", "account")
            .contextValue("purpose", "test");

    /** An empty database, whose tables are this test's. */
    abstract DataSource database();

    /** The type of a column of bytes. */
    abstract String binary();

    final Rewrapper rewrapper() {
        return rewrapper;
    }

    final MessageTable table() {
        return table;
    }

    @BeforeEach
    void open() {
        rings.create();
        ring = rings.open();
        source = database();
        rewrapper = Rewrapper.of(ring).batch(7);
        execute("CREATE TABLE accounts (id BIGINT PRIMARY KEY, account VARCHAR(64), token " + binary() + ")");
        execute("CREATE TABLE texts (id VARCHAR(64) PRIMARY KEY, token VARCHAR(2000))");
        keys.add(activeKey());
        for (int i = 0; i < ROWS; i++) {
            insert(i, "a" + i, seal("token " + i, "a" + i));
        }
        rollOver();
        for (int i = ROWS; i < 2 * ROWS; i++) {
            insert(i, "a" + i, seal("token " + i, "a" + i));
        }
        rollOver();
    }

    @AfterEach
    void close() {
        ring.close();
    }

    @Test
    void movesEveryRowToTheActiveKeyAndNothingElseChanges() {
        RewrapReport report = rewrapper.rewrap(source, table);

        assertThat(report.moved()).isEqualTo(2 * ROWS);
        assertThat(report.isComplete()).as(report.inWords()).isTrue();
        assertThat(report.rows()).isEmpty();
        assertThat(tokens()).hasSize(2 * ROWS);
        tokens().forEach((id, token) -> {
            assertThat(Decryptor.keyOf(token)).isEqualTo(keys.get(2));
            assertThat(opened(id, token)).isEqualTo("token " + id);
        });
    }

    @Test
    void oneMessageIsMovedUnlessItIsThereAlready() {
        byte[] moved = rewrapper.rewrap(token(3), context("a3"));

        assertThat(Decryptor.keyOf(moved)).isEqualTo(keys.get(2));
        assertThat(opened(3, moved)).isEqualTo("token 3");
        assertThat(rewrapper.rewrap(moved, context("a3"))).isSameAs(moved);
        assertThatExceptionOfType(AuthenticationFailed.class)
                .isThrownBy(() -> rewrapper.rewrap(token(3), context("a4")));
        revoke(0);
        assertThatExceptionOfType(KeyRevoked.class).isThrownBy(() -> rewrapper.rewrap(token(3), context("a3")));
    }

    @Test
    void secondRunFindsNothingToDo() {
        rewrapper.rewrap(source, table);
        Map<Long, byte[]> before = tokens();

        RewrapReport report = rewrapper.rewrap(source, table);

        assertThat(report.moved()).isZero();
        assertThat(report.isComplete()).isTrue();
        tokens().forEach((id, token) -> assertThat(token).isEqualTo(before.get(id)));
    }

    @Test
    void dryRunSaysWhatWouldBeMovedAndWritesNothing() {
        Map<Long, byte[]> before = tokens();
        break_(3L);

        RewrapReport report = rewrapper.dryRun(source, table);

        assertThat(report.dryRun()).isTrue();
        assertThat(report.moved()).isEqualTo(2 * ROWS - 1);
        assertThat(report.unreadable()).isEqualTo(1);
        assertThat(report.inWords()).contains("would be moved");
        tokens().forEach((id, token) -> {
            if (id != 3L) {
                assertThat(token).isEqualTo(before.get(id));
            }
        });
    }

    @Test
    void inventoryCountsRowsByEpochAndKeyBeforeAndAfter() {
        insert(1000, "x", "plain".getBytes(UTF_8));
        TableInventory inventory = TableInventory.of(source, List.of(table));
        assertThat(inventory.counts())
                .extracting(TableInventory.Count::key, TableInventory.Count::rows)
                .containsExactly(
                        tuple(Optional.of(keys.get(0)), (long) ROWS),
                        tuple(Optional.of(keys.get(1)), (long) ROWS),
                        tuple(Optional.empty(), 1L));

        rewrapper.rewrap(source, table);

        assertThat(inventory.messagesUnder(keys.get(0))).isZero();
        assertThat(inventory.messagesUnder(keys.get(1))).isZero();
        assertThat(inventory.messagesUnder(keys.get(2))).isEqualTo(2 * ROWS);
    }

    @Test
    void messagesInTextFormAreMovedAndCountedToo() {
        List<String> ids = List.of("", "Ä", "a", "b'; DROP TABLE texts", "z");
        for (String id : ids) {
            rings.pass(Duration.ZERO);
            byte[] message = token(0L);
            insertText(id, Base64.getUrlEncoder().withoutPadding().encodeToString(message));
        }
        insertText("plain", "no message at all");
        insertText("short", "wQE");
        MessageTable texts = MessageTable.of("texts", "id", "token")
                .contextValue("account", "a0")
                .contextValue("purpose", "test");
        TableInventory inventory = TableInventory.of(source, List.of(texts, table));
        assertThat(inventory.messagesUnder(keys.get(0))).isEqualTo(ids.size() + ROWS);

        RewrapReport report = rewrapper.batch(2).rewrap(source, texts);

        assertThat(report.moved()).isEqualTo(ids.size());
        assertThat(report.notMessages()).isEqualTo(1);
        assertThat(report.unreadable()).as("cut off").isEqualTo(1);
        assertThat(inventory.messagesUnder(keys.get(2))).isEqualTo(ids.size());
        for (String id : ids) {
            assertThat(ring.decryptor().decryptFromText(text(id), context("a0")))
                    .isEqualTo("token 0");
        }
        assertThat(text("plain")).isEqualTo("no message at all");
    }

    @Test
    void whatCannotBeOpenedStaysAsItIsAndIsListed() {
        break_(3L);
        execute("UPDATE accounts SET account = 'b' WHERE id = 4");
        execute("UPDATE accounts SET account = NULL WHERE id = 5");
        execute("UPDATE accounts SET token = NULL WHERE id = 6");
        insert(1000, "x", "plain".getBytes(UTF_8));
        insert(1001, "x", Arrays.copyOf(token(7L), 20));
        Map<Long, byte[]> before = tokens();

        RewrapReport report = rewrapper.rewrap(source, table);

        assertThat(report.moved()).isEqualTo(2 * ROWS - 4);
        assertThat(report.unreadable()).isEqualTo(4);
        assertThat(report.notMessages()).isEqualTo(1);
        assertThat(report.isComplete()).isFalse();
        assertThat(report.rows())
                .extracting(RewrapReport.Row::key)
                .containsExactlyInAnyOrder("3", "4", "5", "1000", "1001");
        for (long id : List.of(3L, 4L, 5L, 1000L, 1001L)) {
            assertThat(token(id)).isEqualTo(before.get(id));
        }
    }

    @Test
    void concurrentUpdateIsNeverLostAlsoWhereTheDatabaseLocksNothing() throws SQLException {
        revoke(0);
        rings.groups.add("Mail Services", "operator");
        byte[] theirs = seal("theirs", "a9");
        try (Connection connection = source.getConnection()) {
            // The list is kept between the reading of a row and its writing: there somebody else replaces it.
            RewrapReport report = Rewrapper.of(ring.as(OPERATOR))
                    .includeRevoked(rows -> {
                        if (rows.get(0).key().equals("9")) {
                            update(9, theirs);
                        }
                    })
                    .rewrap(new OneConnection(connection, "some other database"), table);

            assertThat(report.changedMeanwhile()).isEqualTo(1);
            assertThat(report.moved()).isEqualTo(2 * ROWS - 1);
            assertThat(report.finished()).isTrue();
        }
        assertThat(token(9L)).isEqualTo(theirs);
    }

    @Test
    void rowUnderANewerKeyIsNotMovedBack() {
        rings.builder(OPERATOR).open().close();
        KeyRing behind = rings.open();
        rollOver();
        byte[] newest = seal("newest", "a0");
        update(0, newest);

        // What "behind" knows as active is the third key, for its clock has not come to the fourth one's time yet.
        rings.ahead = Duration.ofMinutes(-2);
        RewrapReport report = Rewrapper.of(behind).rewrap(source, table);
        rings.ahead = Duration.ZERO;
        behind.close();

        assertThat(token(0L)).isEqualTo(newest);
        assertThat(report.moved()).isEqualTo(2 * ROWS - 1);
    }

    @Test
    void rowsUnderARevokedKeyAreLeftAndListed() {
        revoke(0);

        RewrapReport report = rewrapper.rewrap(source, table);

        assertThat(report.moved()).isEqualTo(ROWS);
        assertThat(report.revokedLeft()).isEqualTo(ROWS);
        assertThat(report.isComplete()).isFalse();
        assertThat(report.rows()).hasSize(ROWS).allSatisfy(row -> {
            assertThat(row.reason()).isEqualTo(RewrapReport.Reason.REVOKED);
            assertThat(row.under()).contains(keys.get(0));
        });
        assertThat(TableInventory.of(source, List.of(table)).messagesUnder(keys.get(0)))
                .isEqualTo(ROWS);
    }

    @Test
    void rowsUnderARevokedKeyAreMovedOnlyOnRequestByAnAdministratorAndAreListedBefore() {
        revoke(0);
        rings.groups.add("Mail Services", "operator");
        List<String> listed = new ArrayList<>();
        Rewrapper laundering = Rewrapper.of(ring.as(OPERATOR))
                .batch(7)
                .includeRevoked(rows -> rows.forEach(row -> {
                    assertThat(Decryptor.keyOf(token(Long.parseLong(row.key()))))
                            .isEqualTo(keys.get(0));
                    listed.add(row.key());
                }));

        RewrapReport report = laundering.rewrap(source, table);

        assertThat(report.moved()).isEqualTo(2 * ROWS);
        assertThat(report.movedDespiteRevocation()).isEqualTo(ROWS);
        assertThat(report.inWords()).contains("authenticity is lost");
        assertThat(listed).hasSize(ROWS);
        assertThat(report.rows()).extracting(RewrapReport.Row::key).containsExactlyInAnyOrderElementsOf(listed);
    }

    @Test
    void serviceMayNotMoveRowsUnderARevokedKey() {
        revoke(0);
        Map<Long, byte[]> before = tokens();

        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> rewrapper.includeRevoked(rows -> {}).rewrap(source, table));

        assertThat(token(0L)).isEqualTo(before.get(0L));
    }

    @Test
    void nothingOfABatchIsMovedIfItsRevokedRowsCannotBeListed() {
        revoke(0);
        rings.groups.add("Mail Services", "operator");
        Map<Long, byte[]> before = tokens();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Rewrapper.of(ring.as(OPERATOR))
                        .includeRevoked(rows -> {
                            throw new IllegalStateException("disk full");
                        })
                        .rewrap(source, table));

        tokens().forEach((id, token) -> assertThat(token).isEqualTo(before.get(id)));
    }

    @Test
    void whoMayNotDecryptMovesNothing() {
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> Rewrapper.of(ring.as(OPERATOR)).rewrap(source, table));
    }

    @Test
    void missingTableIsSaid() {
        MessageTable nowhere = MessageTable.of("nowhere", "id", "token");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> rewrapper.rewrap(source, nowhere))
                .withMessageContaining("nowhere");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableInventory.of(source, List.of(nowhere)).messagesUnder(keys.get(0)));
    }

    @Test
    void columnThatCanHoldNoMessageIsRefusedRatherThanFoundEmpty() {
        MessageTable wrong = MessageTable.of("accounts", "account", "id");

        assertThatIllegalArgumentException().isThrownBy(() -> rewrapper.rewrap(source, wrong));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableInventory.of(source, List.of(wrong)).messagesUnder(keys.get(0)));
    }

    @Test
    void textThatOthersHavePaddedBrokenOrPutIntoTheOtherAlphabetIsFoundAndMoved() {
        // With + or / among what is counted by: 0xC1 01, epoch 1 and a key id that begins so.
        byte[] message = token(0);
        String text = Base64.getUrlEncoder().encodeToString(message);
        List<String> forms = List.of(
                "  " + text,
                text + "  ",
                Base64.getEncoder().encodeToString(message),
                "\n" + text.substring(0, 60) + "\r\n" + text.substring(60));
        for (int i = 0; i < forms.size(); i++) {
            insertText("form" + i, forms.get(i));
        }
        MessageTable texts = MessageTable.of("texts", "id", "token")
                .contextValue("account", "a0")
                .contextValue("purpose", "test");
        assertThat(TableInventory.of(source, List.of(texts)).messagesUnder(keys.get(0)))
                .isGreaterThanOrEqualTo(forms.size() - 1);

        RewrapReport report = rewrapper.rewrap(source, texts);

        assertThat(report.moved()).as(report.inWords()).isEqualTo(forms.size());
        assertThat(TableInventory.of(source, List.of(texts)).messagesUnder(keys.get(2)))
                .isEqualTo(forms.size());
    }

    @Test
    void dryRunCountsForNoBudgetAndMakesNoKey() {
        try (KeyRing budgeted =
                rings.builder(TestRings.SERVICE).rolloverMessages(1).open()) {
            int records = rings.store.read("connected-accounts").size();
            Rewrapper.of(budgeted).batch(7).dryRun(source, table);
            rings.pass(Duration.ofMinutes(2));
            budgeted.health();

            assertThat(rings.store.read("connected-accounts")).hasSize(records);
        }
    }

    @Test
    void rowUnderAKeyThatTheRingDoesNotHaveIsNotPassedOver() {
        byte[] token = token(3);
        token[3] = 77; // the epoch's second byte
        update(3, token);

        RewrapReport report = rewrapper.rewrap(source, table);

        assertThat(report.unreadable()).isEqualTo(1);
        assertThat(report.isComplete()).isFalse();
    }

    @Test
    void connectionComesBackAsItWas() throws SQLException {
        try (Connection connection = source.getConnection()) {
            int isolation = connection.getTransactionIsolation();
            rewrapper.rewrap(
                    new OneConnection(connection, connection.getMetaData().getDatabaseProductName()), table);

            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
        }
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }

    private KeyRef activeKey() {
        return Rewrapper.of(ring).resealer(false).active();
    }

    private void rollOver() {
        ring.as(OPERATOR).admin().rollOver();
        rings.pass(Duration.ofMinutes(6));
        keys.add(activeKey());
    }

    private void revoke(int key) {
        ring.as(OPERATOR).admin().revoke(keys.get(key), "stolen");
    }

    private byte[] seal(String token, String account) {
        return ring.encryptor().encrypt(token.getBytes(UTF_8), context(account));
    }

    private String opened(long id, byte[] token) {
        return new String(ring.decryptor().decrypt(token, context("a" + id)), UTF_8);
    }

    private static EncryptionContext context(String account) {
        return EncryptionContext.of("account", account, "purpose", "test");
    }

    /** Flips the last bit of a row's message. */
    private void break_(long id) {
        byte[] token = token(id);
        token[token.length - 1] ^= 1;
        update(id, token);
    }

    private void execute(String sql) {
        Postgres.execute(source, sql);
    }

    private void insert(long id, String account, byte[] token) {
        run("INSERT INTO accounts (id, account, token) VALUES (?, ?, ?)", id, account, token);
    }

    private void update(long id, byte[] token) {
        run("UPDATE accounts SET token = ? WHERE id = ?", token, id);
    }

    private void insertText(String id, String token) {
        run("INSERT INTO texts (id, token) VALUES (?, ?)", id, token);
    }

    private void run(String sql, Object... values) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String text(String id) {
        try (Connection connection = source.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT token FROM texts WHERE id = ?")) {
            select.setString(1, id);
            try (ResultSet result = select.executeQuery()) {
                assertThat(result.next()).isTrue();
                return result.getString(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] token(long id) {
        return Objects.requireNonNull(tokens().get(id));
    }

    private Map<Long, byte[]> tokens() {
        Map<Long, byte[]> tokens = new LinkedHashMap<>();
        try (Connection connection = source.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT id, token FROM accounts WHERE token IS NOT NULL ORDER BY id");
                ResultSet result = select.executeQuery()) {
            while (result.next()) {
                tokens.put(result.getLong(1), result.getBytes(2));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return tokens;
    }
}

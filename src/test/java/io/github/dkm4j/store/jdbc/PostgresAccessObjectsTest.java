package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dkm4j.sql.Postgres;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Indexes, foreign keys and functions that are made beside the shipped ones. */
class PostgresAccessObjectsTest extends PostgresAccessTestCase {
    private static final String FUNCTION = "CREATE FUNCTION public.more() RETURNS bytea LANGUAGE sql SECURITY DEFINER"
            + " AS 'SELECT content FROM dkm4j.records LIMIT 1';";

    static Stream<Arguments> indexes() {
        return Stream.of(
                arguments(
                        "CREATE UNIQUE INDEX one_key ON dkm4j.records ((1))",
                        "table dkm4j.records, index one_key (CREATE UNIQUE INDEX one_key ON dkm4j.records USING btree ((1)))"
                                + " is not of the shipped scripts: DROP INDEX dkm4j.one_key",
                        "DROP INDEX dkm4j.one_key"),
                arguments(
                        "CREATE INDEX part ON dkm4j.records (slot) WHERE 1 / rival = 1",
                        "table dkm4j.records, index part (CREATE INDEX part ON dkm4j.records USING btree (slot) WHERE"
                                + " ((1 / rival) = 1)) is not of the shipped scripts: DROP INDEX dkm4j.part",
                        "DROP INDEX dkm4j.part"),
                arguments(
                        "CREATE FUNCTION public.spy(bytea) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
                                + " CREATE INDEX \"spy's\" ON dkm4j.records (public.spy(content))",
                        "table dkm4j.records, index \"spy's\" (CREATE INDEX \"spy's\" ON dkm4j.records USING btree"
                                + " (public.spy(content))) is not of the shipped scripts: DROP INDEX dkm4j.\"spy's\"",
                        "DROP FUNCTION public.spy(bytea) CASCADE"),
                arguments(
                        "CREATE UNIQUE INDEX one_ring ON dkm4j.rings (runtime_role) WHERE name > 'mail'",
                        "table dkm4j.rings, index one_ring (CREATE UNIQUE INDEX one_ring ON dkm4j.rings USING btree"
                                + " (runtime_role) WHERE ((name)::text > 'mail'::text)) is not of the shipped scripts:"
                                + " DROP INDEX dkm4j.one_ring",
                        "DROP INDEX dkm4j.one_ring"),
                arguments(
                        "CREATE STATISTICS public.more ON (length(content)) FROM dkm4j.records",
                        "table dkm4j.records, statistics public.more (there) is not of the shipped scripts:"
                                + " DROP STATISTICS public.more",
                        "DROP STATISTICS public.more"));
    }

    @ParameterizedTest
    @MethodSource("indexes")
    void indexBesideTheShippedOnesIsFoundUntilItIsDropped(String attack, String finding, String remedy) {
        Postgres.execute(owner, attack);

        assertThat(store.checkAccess()).containsExactly(finding);
        Postgres.execute(owner, remedy);
        assertThat(store.checkAccess()).isEmpty();
    }

    @Test
    void indexThatMakesInsertionsFailIsFoundByTheServiceThatItStops() {
        Postgres.execute(owner, "CREATE INDEX part ON dkm4j.records (slot) WHERE 1 / rival = 1");

        assertThatThrownBy(() -> Postgres.execute(
                        as("ops"),
                        "INSERT INTO dkm4j.records (ring, slot, id, content) VALUES ('mail', 'a', 'a', 'a')"))
                .hasStackTraceContaining("division by zero");
        assertThat(JdbcKeyRingStore.of(as("svc_mail")).checkAccess())
                .singleElement()
                .asString()
                .contains("index part");
    }

    @Test
    void indexUnderAShippedNameIsFoundToBeAnother() {
        Postgres.execute(
                owner,
                "ALTER TABLE dkm4j.records DROP CONSTRAINT records_ring_slot_rival_key;"
                        + " CREATE INDEX records_ring_slot_rival_key ON dkm4j.records (ring, slot, rival)");

        assertThat(store.checkAccess())
                .containsExactly(
                        "table dkm4j.records, constraint records_ring_slot_rival_key is missing: put it back as the shipped"
                                + " script postgresql has it",
                        "table dkm4j.records, index records_ring_slot_rival_key is CREATE INDEX records_ring_slot_rival_key"
                                + " ON dkm4j.records USING btree (ring, slot, rival) instead of CREATE UNIQUE INDEX"
                                + " records_ring_slot_rival_key ON dkm4j.records USING btree (ring, slot, rival):"
                                + " DROP INDEX dkm4j.records_ring_slot_rival_key");
    }

    @Test
    void foreignKeyOfAnotherSchemaThatKeepsRecordsFromBeingDeletedIsFound() {
        Postgres.execute(
                owner,
                "INSERT INTO dkm4j.records (ring, slot, id, content) VALUES ('mail', 'a', 'a', 'a');"
                        + " CREATE TABLE public.clings (ring text, slot text, id text,"
                        + " CONSTRAINT held FOREIGN KEY (ring, slot, id) REFERENCES dkm4j.records (ring, slot, id));"
                        + " INSERT INTO public.clings VALUES ('mail', 'a', 'a')");

        assertThatThrownBy(() -> Postgres.execute(as("ops"), "DELETE FROM dkm4j.records"))
                .hasStackTraceContaining("violates foreign key constraint");
        assertThat(store.checkAccess())
                .containsExactly("table public.clings, constraint held (references dkm4j.records) is not of the shipped"
                        + " scripts: ALTER TABLE public.clings DROP CONSTRAINT held");
        Postgres.execute(owner, "ALTER TABLE public.clings DROP CONSTRAINT held");
        assertThat(store.checkAccess()).isEmpty();
        Postgres.execute(owner, "DROP TABLE public.clings");
    }

    @Test
    void foreignKeyOfAPartitionedTableIsOneFinding() {
        Postgres.execute(
                owner,
                "CREATE TABLE public.clings (ring varchar(64) CONSTRAINT held REFERENCES dkm4j.rings ON DELETE SET NULL)"
                        + " PARTITION BY LIST (ring); CREATE TABLE public.some PARTITION OF public.clings DEFAULT");

        assertThat(store.checkAccess())
                .containsExactly("table public.clings, constraint held (references dkm4j.rings) is not of the shipped"
                        + " scripts: ALTER TABLE public.clings DROP CONSTRAINT held");
        Postgres.execute(owner, "DROP TABLE public.clings");
    }

    @Test
    void functionThatRunsAsSomebodyWhoMayNotUseTheTablesIsNoFinding() {
        Postgres.execute(owner, FUNCTION + " ALTER FUNCTION public.more() OWNER TO stranger");

        assertThat(store.checkAccess()).isEmpty();
        assertThatThrownBy(() -> Postgres.execute(as("svc_files"), "SELECT public.more()"))
                .hasStackTraceContaining("permission denied");
        Postgres.execute(owner, "DROP FUNCTION public.more()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"svc_mail", "ops", "svc_files", "postgres", "dkm4j_restorer"})
    void functionThatRunsAsSomebodyWhoMayUseTheTablesIsFound(String whose) {
        Postgres.execute(owner, FUNCTION + " ALTER FUNCTION public.more() OWNER TO " + whose);

        assertThat(store.checkAccess())
                .containsExactly("function public.more() (SECURITY DEFINER, names dkm4j, with the rights of " + whose
                        + ") is not of the shipped scripts: drop it");
        Postgres.execute(owner, "DROP FUNCTION public.more()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GRANT SELECT (slot) ON dkm4j.records TO stranger", "GRANT pg_read_all_data TO stranger"})
    void functionOfAStrangerIsFoundOnceTheStrangerIsLetIn(String grant) {
        Postgres.execute(owner, FUNCTION + " ALTER FUNCTION public.more() OWNER TO stranger; " + grant);

        assertThat(store.checkAccess()).anyMatch(finding -> finding.startsWith("function public.more()"));
        Postgres.execute(owner, "DROP FUNCTION public.more()");
    }
}

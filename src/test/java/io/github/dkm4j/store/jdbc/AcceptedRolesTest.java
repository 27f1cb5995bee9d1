package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which roles a comment accepts. */
class AcceptedRolesTest {
    @Test
    void namesAreTakenAsTheyAreWritten() {
        assertThat(AcceptedRoles.in("dkm4j accepts: backup, DBA").names()).isEqualTo(Set.of("backup", "DBA"));
        assertThat(AcceptedRoles.in("dkm4j accepts:backup").names()).isEqualTo(Set.of("backup"));
    }

    @Test
    void quotedNamesHaveCommasBlanksAndDoubledQuotes() {
        assertThat(AcceptedRoles.in("dkm4j accepts: \"a, b\" , \"c\"\"d\",\" e\"")
                        .names())
                .isEqualTo(Set.of("a, b", "c\"d", " e"));
    }

    @Test
    void otherLinesSayWhatTheyLike() {
        AcceptedRoles accepted = AcceptedRoles.in("Key rings, see wiki\ndkm4j accepts: backup\nnot dkm4j accepts: dba");

        assertThat(accepted).isEqualTo(new AcceptedRoles(Set.of("backup"), true));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "key rings", "dkm4j accept: backup", " dkm4j accepts: backup", "DKM4J ACCEPTS: backup"})
    void commentOfAnotherKindAcceptsNobody(String comment) {
        assertThat(AcceptedRoles.in(comment)).isEqualTo(AcceptedRoles.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "a,", ",a", "a,,b", "a b", "\"a", "a\"b\"", "\"\"", "a; b c", "\"a\"\""})
    void listThatIsNotUnderstoodAcceptsNobodyAndSaysSo(String list) {
        assertThat(AcceptedRoles.in("dkm4j accepts:" + list)).isEqualTo(new AcceptedRoles(Set.of(), false));
    }
}

package io.github.dkm4j.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\u0000", "a\u0085"})
    void malformedNamesAreRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Caller(name, "svc"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Caller("svc", name));
    }

    @Test
    void aNameHasAtMost256Characters() {
        String longest = "x".repeat(256);

        assertThat(new Caller(longest, longest).name()).isEqualTo(longest);
        assertThatIllegalArgumentException().isThrownBy(() -> new Caller(longest + "x", "svc"));
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void theProcessAccountIsNotTakenFromTheUserNameProperty() {
        Caller before = Caller.processAccount();
        String property = System.getProperty("user.name");
        System.setProperty("user.name", "someone-else");
        try {
            assertThat(Caller.processAccount()).isEqualTo(before);
            assertThat(before.name()).isNotEqualTo("someone-else");
        } finally {
            System.setProperty("user.name", property);
        }
    }

    @Test
    void anAssertedNameKeepsTheAccountThatAssertsIt() {
        Caller asserted = Caller.asserted("job 7");

        assertThat(asserted.account()).isEqualTo(Caller.processAccount().name());
        assertThat(asserted.isProcessAccount()).isFalse();
        assertThat(asserted).hasToString("job 7 (asserted by " + asserted.account() + ")");
    }
}

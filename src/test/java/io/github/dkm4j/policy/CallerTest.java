package io.github.dkm4j.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.Principal;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.x500.X500Principal;
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
    void whoActsForAnotherIsToldBeside() {
        Caller acting = new Caller("job 7", "svc-web");

        assertThat(acting.isActing()).isTrue();
        assertThat(acting).hasToString("job 7 (through svc-web)");
        assertThat(new Caller("job 7", "job 7").isActing()).isFalse();
    }

    @Test
    void noNameReadsAsIfSomebodyActedForSomebody() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Caller("svc-mail (through svc-web)", "x"));
    }

    @Test
    void anAuthenticatedPrincipalActsForItself() {
        Caller caller = Caller.authenticated(new KerberosPrincipal("svc-mail@EXAMPLE.COM"));

        assertThat(caller).isEqualTo(new Caller("svc-mail@EXAMPLE.COM", "svc-mail@EXAMPLE.COM"));
        assertThat(caller.isActing()).isFalse();
    }

    @Test
    void aSubjectIsItsKerberosPrincipalOrItsOnlyOne() {
        Principal kerberos = new KerberosPrincipal("svc-mail@EXAMPLE.COM");
        Principal other = new X500Principal("CN=svc-mail");
        Principal another = new X500Principal("CN=job");

        assertThat(Caller.of(subject(kerberos, other, another)).name()).isEqualTo("svc-mail@EXAMPLE.COM");
        assertThat(Caller.of(subject(other)).name()).isEqualTo("CN=svc-mail");
        assertThatIllegalArgumentException().isThrownBy(() -> Caller.of(subject()));
        assertThatIllegalArgumentException().isThrownBy(() -> Caller.of(subject(other, another)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Caller.of(subject(kerberos, new KerberosPrincipal("root@EXAMPLE.COM"))));
    }

    private static Subject subject(Principal... principals) {
        return new Subject(true, Set.of(principals), Set.of(), Set.of());
    }
}

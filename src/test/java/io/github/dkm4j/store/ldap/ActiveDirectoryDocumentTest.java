package io.github.dkm4j.store.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The access control list that docs/active-directory.md shows is the one that objects are given. */
class ActiveDirectoryDocumentTest {
    private static final Demands DEMANDS =
            new Demands(Sid.of("S-1-5-21-1-2-3-1101"), Sid.of("S-1-5-21-1-2-3-1102"), Sid.of("S-1-5-21-1-2-3-1103"));

    @Test
    void documentShowsTheListThatObjectsAreGiven() throws IOException {
        String document = Files.readString(Path.of("docs/active-directory.md"));
        String block = document.lines()
                .dropWhile(line -> !line.startsWith("O:ADMINISTRATORS"))
                .takeWhile(line -> !line.startsWith("```"))
                .map(line -> line.replace("on rings' containers only", "").replace(" ", ""))
                .reduce("", String::concat);

        assertThat(block).isEqualTo(shown(DEMANDS.ring()));
        assertThat(document).contains("nTSecurityDescriptor: " + shown(DEMANDS.plain()));
    }

    private static String shown(SecurityDescriptor descriptor) {
        return descriptor
                .sddl()
                .replace(Rights.sddl(Rights.FULL), "GA")
                .replace(DEMANDS.readers().toString(), "READERS")
                .replace(DEMANDS.rollers().toString(), "ROLLERS")
                .replace(DEMANDS.administrators().toString(), "ADMINISTRATORS");
    }
}

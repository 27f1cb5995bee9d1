package io.github.dkm4j.samples.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvImportTest {
    private static final String HEADER = "account_id,provider,user,kind,secret\n";

    @Test
    void quotedFieldsMayHaveCommasQuotesAndLineBreaks() throws IOException {
        String csv = HEADER + "a1,gmx,u@example.org,PASSWORD,\"Straße, \"\"x\"\"\n2\"\n";

        assertThat(CsvImport.read(new StringReader(csv)))
                .containsExactly(new Account(
                        "a1", "gmx", "u@example.org", Account.Kind.PASSWORD, "Straße, \"x\"\n2".toCharArray()));
    }

    @Test
    void theSuppliedFileHas360Accounts() throws IOException {
        try (InputStream in = CsvImport.class.getResourceAsStream("/accounts.csv")) {
            assertThat(CsvImport.read(in)).hasSize(360);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a1,gmx,u@example.org,PASSWORD\n",
                "a1,gmx,u@example.org,PASSWORD,hush,more\n",
                "a1,gmx,u@example.org,TOKEN,hush\n",
                "a1,gmx,u@example.org,PASSWORD,\n",
                "a1,gmx,u@example.org,PASSWORD,\"hush\n",
                "a1,gmx,u@example.org,PASSWORD,\"hush\"x\n",
                "a1,gmx,u@example.org,PASSWORD,hush\n\n",
                "a1,gmx,u@example.org,PASSWORD,hush\na1,gmx,u@example.org,PASSWORD,hush\n"
            })
    void aRowThatIsNotRightIsRefusedWithoutQuotingItsSecret(String rows) {
        assertThatThrownBy(() -> CsvImport.read(new StringReader(HEADER + rows)))
                .isInstanceOf(IOException.class)
                .message()
                .doesNotContain("hush");
    }

    @Test
    void anotherHeaderIsRefused() {
        assertThatThrownBy(() -> CsvImport.read(new StringReader("id,provider,user,kind,secret\n")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] latin1 = (HEADER + "a1,gmx,u@example.org,PASSWORD,Zürich\n").getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> CsvImport.read(new ByteArrayInputStream(latin1)))
                .isInstanceOf(CharacterCodingException.class);
    }
}

package io.github.dkm4j.samples.accounts;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads accounts from CSV. It takes all of a file or nothing, and its messages never quote a secret. */
public final class CsvImport {
    private static final List<String> HEADER = List.of("account_id", "provider", "user", "kind", "secret");
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(false)
            .get();

    private CsvImport() {}

    /** Reads UTF-8; a byte that is not is an error. */
    public static List<Account> read(InputStream in) throws IOException {
        return read(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    }

    public static List<Account> read(Reader in) throws IOException {
        List<Account> accounts = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        try (CSVParser parser =
                CSVParser.builder().setReader(in).setFormat(FORMAT).get()) {
            if (!parser.getHeaderNames().equals(HEADER)) {
                throw new IOException("the first line must be " + String.join(",", HEADER));
            }
            for (CSVRecord row : parser) {
                Account account = account(row);
                if (!ids.add(account.id())) {
                    throw new IOException("row " + row.getRecordNumber() + ": account " + account.id() + " again");
                }
                accounts.add(account);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return accounts;
    }

    private static Account account(CSVRecord row) throws IOException {
        String where = "row " + row.getRecordNumber() + ": ";
        if (row.size() != HEADER.size()) {
            throw new IOException(where + row.size() + " fields, not " + HEADER.size());
        }
        for (int i = 0; i < HEADER.size(); i++) {
            if (row.get(i).isEmpty()) {
                throw new IOException(where + HEADER.get(i) + " is empty");
            }
        }
        Account.Kind kind;
        try {
            kind = Account.Kind.valueOf(row.get("kind"));
        } catch (IllegalArgumentException e) {
            throw new IOException(where + "kind must be PASSWORD or OAUTH_REFRESH", e);
        }
        return new Account(
                row.get("account_id"),
                row.get("provider"),
                row.get("user"),
                kind,
                row.get("secret").toCharArray());
    }
}

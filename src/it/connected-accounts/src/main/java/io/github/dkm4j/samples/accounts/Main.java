package io.github.dkm4j.samples.accounts;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.PassphraseRootKey;
import io.github.dkm4j.store.FileKeyRingStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Imports accounts under four epochs of a key ring, opens the ring anew and reads all of them back. */
public final class Main {
    private static final int BATCHES = 4;
    private static final int FIRST_ROWS = 12;
    private static final int LAST_ROWS = 4;
    // A real service reads its passphrase from its host's secret store and never has it in its source.
    private static final String PASSPHRASE = "sample only: correct horse battery staple";

    private final Path work;
    private final StringBuilder out = new StringBuilder();

    private Main(Path work) {
        this.work = work;
    }

    /** Arguments: {@code [--out FILE] [--work DIR] [CSV]}. */
    public static void main(String[] args) throws IOException, SQLException {
        Path csv = null;
        Path copy = null;
        Path parent = null;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--out") && i + 1 < args.length) {
                copy = Path.of(args[++i]);
            } else if (args[i].equals("--work") && i + 1 < args.length) {
                parent = Path.of(args[++i]);
            } else if (!args[i].startsWith("--") && csv == null) {
                csv = Path.of(args[i]);
            } else {
                System.err.println("usage: Main [--out FILE] [--work DIR] [CSV]");
                System.exit(2);
            }
        }
        Path work = parent == null
                ? Files.createTempDirectory("accounts-")
                : Files.createTempDirectory(parent, "accounts-");
        Main main = new Main(work);
        boolean agrees;
        try (InputStream in =
                csv == null ? Main.class.getResourceAsStream("/accounts.csv") : Files.newInputStream(csv)) {
            agrees = main.run(CsvImport.read(in));
        }
        PrintStream stdout = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        stdout.print(main.out);
        if (copy != null) {
            Files.writeString(copy, main.out);
        }
        System.exit(agrees && !stdout.checkError() ? 0 : 1);
    }

    private boolean run(List<Account> accounts) throws SQLException {
        if (accounts.size() < BATCHES) {
            throw new IllegalArgumentException("the sample wants at least " + BATCHES + " accounts");
        }
        try (AccountRepository repository = AccountRepository.at(work)) {
            String identity = importAll(accounts, repository);
            try (KeyRing ring = ring().pin(identity).open()) {
                return readBack(accounts, repository, new CredentialVault(ring));
            }
        }
    }

    /** Makes the ring and imports in batches, each under an epoch of its own. */
    private String importAll(List<Account> accounts, AccountRepository repository) throws SQLException {
        AccessPolicy policy = AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "account-service")
                .allow(Operation.DECRYPT, "account-service")
                .allow(Operation.ROLL_OVER, "key-operators")
                .allow(Operation.ADMINISTER, "key-operators")
                .build();
        try (KeyRing ring = ring().policy(policy).create()) {
            CredentialVault vault = new CredentialVault(ring);
            for (int batch = 0; batch < BATCHES; batch++) {
                if (batch > 0) {
                    ring.admin().rollOver();
                }
                int from = accounts.size() * batch / BATCHES;
                int to = accounts.size() * (batch + 1) / BATCHES;
                repository.addAll(
                        accounts.subList(from, to).stream().map(vault::seal).toList());
            }
            return ring.admin().identity();
        }
    }

    private KeyRingBuilder ring() {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        Caller self = Caller.processAccount();
        groups.add("account-service", self.name());
        groups.add("key-operators", self.name());
        return KeyRing.builder("connected-accounts")
                .store(FileKeyRingStore.at(work.resolve("rings")))
                .rootKey(PassphraseRootKey.of(PASSPHRASE.toCharArray()))
                .groups(groups)
                .account(self)
                .singleNode()
                .propagation(Duration.ZERO);
    }

    private boolean readBack(List<Account> accounts, AccountRepository repository, CredentialVault vault)
            throws SQLException {
        List<String> lines = new ArrayList<>();
        Map<Epoch, Integer> byEpoch = new TreeMap<>();
        int agreeing = 0;
        for (Account expected : accounts) {
            StoredAccount row = repository
                    .find(expected.id())
                    .orElseThrow(() -> new SQLException("account " + expected.id() + " is not in the table"));
            CredentialVault.Opened opened = vault.open(row);
            boolean ok = opened.account().equals(expected);
            if (ok) {
                agreeing++;
                byEpoch.merge(opened.epoch(), 1, Integer::sum);
            }
            lines.add("%-12s %-9s %5s  %s"
                    .formatted(expected.id(), expected.provider(), opened.epoch(), ok ? "yes" : "NO"));
        }

        line("%-12s %-9s %5s  %s".formatted("account", "provider", "epoch", "ok"));
        boolean all = lines.size() <= FIRST_ROWS + LAST_ROWS;
        lines.stream().limit(all ? lines.size() : FIRST_ROWS).forEach(this::line);
        if (!all) {
            line("…");
            lines.subList(lines.size() - LAST_ROWS, lines.size()).forEach(this::line);
        }
        line("");
        byEpoch.forEach((epoch, rows) -> line("epoch " + epoch + ": " + rows + " rows"));

        StoredAccount first = stored(repository, accounts.get(0));
        line("");
        line("What a stolen database row looks like");
        line("  "
                + String.join(
                        " | ",
                        first.id(),
                        first.provider(),
                        first.user(),
                        first.kind().name()));
        String hex = HexFormat.of().formatHex(first.credential());
        for (int i = 0; i < hex.length(); i += 64) {
            line("  " + hex.substring(i, Math.min(hex.length(), i + 64)));
        }

        line("");
        line("A row moved to another account");
        boolean refused = movedRowIsRefused(first, stored(repository, accounts.get(1)), repository, vault);

        boolean rowsAgree = agreeing == accounts.size() && repository.all().size() == accounts.size();
        line("");
        line(agreeing + " of " + accounts.size() + " rows read back over " + byEpoch.size() + " epochs");
        return rowsAgree && refused && byEpoch.size() == BATCHES;
    }

    private boolean movedRowIsRefused(
            StoredAccount from, StoredAccount to, AccountRepository repository, CredentialVault vault)
            throws SQLException {
        repository.replaceCredential(to.id(), from.credential());
        String what = "  the credential of " + from.id() + ", read as that of " + to.id() + ": ";
        try {
            vault.open(repository.find(to.id()).orElseThrow());
            line(what + "READ");
            return false;
        } catch (AuthenticationFailed e) {
            line(what + "refused (" + e.getClass().getSimpleName() + ")");
            return true;
        } finally {
            repository.replaceCredential(to.id(), to.credential());
        }
    }

    private static StoredAccount stored(AccountRepository repository, Account account) throws SQLException {
        return repository.find(account.id()).orElseThrow();
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}

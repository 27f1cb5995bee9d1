package io.github.dkm4j.cli;

import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.audit.AuditRules;
import io.github.dkm4j.audit.AuditTrail;
import io.github.dkm4j.audit.AuditTrailBuilder;
import io.github.dkm4j.audit.CheckpointWitness;
import io.github.dkm4j.audit.FileWitness;
import io.github.dkm4j.audit.http.HttpWitness;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** What is on record, and where: the keys {@code audit} and {@code audit.…}. */
final class AuditSettings {
    private static final String WITNESS = "audit.witness";
    private static final String AUTHORITIES = "audit.witness.ca-file";
    private static final String TOKEN = "audit.witness.token-file";

    private final Configuration configuration;

    AuditSettings(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Gives a ring its trail and its rules. */
    void apply(KeyRingBuilder builder) {
        Optional<CheckpointWitness> witness = witness();
        if (configuration.optional("audit").isPresent()) {
            AuditTrailBuilder trail = AuditTrail.in(configuration.auditDirectory(), configuration.ringName());
            witness.ifPresent(trail::witness);
            configuration.duration("audit.checkpoint-every", trail::checkpointEvery);
            builder.audit(trail).auditInStore(configuration.isAuditInStore());
        }
        builder.auditRules(rules());
    }

    private AuditRules rules() {
        AuditRules[] rules = {AuditRules.standard()};
        configuration.duration("audit.counts-every", every -> rules[0] = rules[0].countingEvery(every));
        configuration
                .optional("audit.context-values")
                .ifPresent(names -> rules[0] = rules[0].withValuesOf(names.split(" *, *", -1)));
        if (configuration.optional("audit.each-use").map(Configuration::isTrue).orElse(false)) {
            rules[0] = rules[0].recordingEachUse();
        }
        if (configuration.optional("audit.required").map(Configuration::isTrue).orElse(false)) {
            rules[0] = rules[0].stoppingWithoutAudit();
        }
        return rules[0];
    }

    private Optional<CheckpointWitness> witness() {
        Optional<String> address = configuration.optional(WITNESS);
        if (address.filter(value -> value.regionMatches(true, 0, "https:", 0, 6))
                .isPresent()) {
            return Optional.of(byHttp(address.get()));
        }
        for (String key : new String[] {AUTHORITIES, TOKEN}) {
            if (configuration.optional(key).isPresent()) {
                throw new UsageError(key + " goes with " + WITNESS + "=https://HOST/PATH");
            }
        }
        return address.map(value -> new FileWitness(Path.of(configuration.located(WITNESS, "file"))));
    }

    private HttpWitness byHttp(String address) {
        try {
            URI uri = new URI(address);
            Optional<Path> authorities = configuration.optional(AUTHORITIES).map(Path::of);
            HttpWitness witness =
                    authorities.isPresent() ? HttpWitness.to(uri, trusting(authorities.get())) : HttpWitness.to(uri);
            return configuration
                    .optional(TOKEN)
                    .map(file -> witness.bearerTokenFile(Path.of(file)))
                    .orElse(witness);
        } catch (URISyntaxException e) {
            // The address may have a token in its query.
            throw new UsageError(WITNESS + " is no address: " + e.getReason());
        } catch (IllegalArgumentException e) {
            throw new UsageError(WITNESS + ": " + e.getMessage());
        }
    }

    private static HttpClient trusting(Path authorities) {
        try (InputStream in = Files.newInputStream(authorities)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
            if (store.size() == 0) {
                throw new UsageError(AUTHORITIES + ": there is no certificate in " + authorities);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder().sslContext(context).build();
        } catch (IOException | GeneralSecurityException e) {
            throw new UsageError(AUTHORITIES + ": no certificates can be read from " + authorities + ": " + e);
        }
    }
}

package io.github.dkm4j.ldap;

import com.unboundid.asn1.ASN1OctetString;
import com.unboundid.ldap.sdk.BindResult;
import com.unboundid.ldap.sdk.Control;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SASLBindRequest;
import java.nio.file.Path;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;

/**
 * A bind by Kerberos (SASL GSSAPI) that logs in each time, with a keytab and no tickets from elsewhere, or with a ticket that
 * was got outside. It protects nothing but itself, so that the connection must have TLS, which Active Directory wants to
 * be the only protection.
 *
 * <p>The LDAP SDK's own request sets system properties that hold for the whole process, so that two of them with different
 * keytabs cannot run at once. This one touches nothing that is shared.
 */
final class KerberosBind extends SASLBindRequest {
    private static final long serialVersionUID = 1L;
    private static final String MECHANISM = "GSSAPI";
    /** Kerberos takes three. */
    private static final int MAX_MESSAGES = 10;

    private final String principal;
    private final boolean withKeytab;
    /** Of the keytab or of the ticket cache; empty for the cache that the process has by default. */
    private final String file;

    private final int timeoutMillis;

    private KerberosBind(String principal, boolean withKeytab, String file, int timeoutMillis, Control[] controls) {
        super(controls);
        this.principal = principal;
        this.withKeytab = withKeytab;
        this.file = file;
        this.timeoutMillis = timeoutMillis;
    }

    static KerberosBind withKeytab(String principal, Path keytab, int timeoutMillis) {
        return new KerberosBind(principal, true, keytab.toAbsolutePath().toString(), timeoutMillis, new Control[0]);
    }

    static KerberosBind withTicket(String principal, Optional<Path> cache, int timeoutMillis) {
        String file = cache.map(path -> path.toAbsolutePath().toString()).orElse("");
        return new KerberosBind(principal, false, file, timeoutMillis, new Control[0]);
    }

    @Override
    public String getSASLMechanismName() {
        return MECHANISM;
    }

    @Override
    protected BindResult process(LDAPConnection connection, int depth) throws LDAPException {
        LoginContext login = logIn();
        try {
            return Subject.doAs(
                    login.getSubject(), (PrivilegedExceptionAction<BindResult>) () -> negotiate(connection));
        } catch (PrivilegedActionException e) {
            if (e.getException() instanceof LDAPException refused) {
                throw refused;
            }
            throw new LDAPException(
                    ResultCode.INVALID_CREDENTIALS,
                    "Kerberos gave " + principal + " no way to the directory service on "
                            + connection.getConnectedAddress() + ": " + reason(e.getException()),
                    e.getException());
        } finally {
            logOut(login);
        }
    }

    private LoginContext logIn() throws LDAPException {
        try {
            LoginContext login = new LoginContext("", new Subject(), null, new KerberosLogin(this));
            login.login();
            return login;
        } catch (LoginException e) {
            throw new LDAPException(
                    ResultCode.INVALID_CREDENTIALS,
                    "Kerberos does not let " + principal + " in with " + source() + ": " + reason(e),
                    e);
        }
    }

    private static void logOut(LoginContext login) {
        try {
            login.logout();
        } catch (LoginException e) {
            // The tickets were only in the subject, which nobody holds any more.
        }
    }

    private BindResult negotiate(LDAPConnection connection) throws LDAPException, SaslException {
        @Nullable SaslClient client = Sasl.createSaslClient(
                new String[] {MECHANISM},
                null,
                "ldap",
                connection.getConnectedAddress(),
                Map.of(Sasl.QOP, "auth", Sasl.SERVER_AUTH, "true"),
                null);
        if (client == null) {
            throw new SaslException("this Java has no " + MECHANISM);
        }
        try {
            byte[] answer = client.hasInitialResponse() ? client.evaluateChallenge(new byte[0]) : new byte[0];
            for (int message = 0; message < MAX_MESSAGES; message++) {
                BindResult result =
                        sendBindRequest(connection, "", new ASN1OctetString(answer), getControls(), timeoutMillis);
                @Nullable ASN1OctetString challenge = result.getServerSASLCredentials();
                if (result.getResultCode().equals(ResultCode.SASL_BIND_IN_PROGRESS)) {
                    answer = evaluate(client, challenge);
                } else if (result.getResultCode().equals(ResultCode.SUCCESS)) {
                    if (!client.isComplete()) {
                        evaluate(client, challenge);
                    }
                    if (!client.isComplete()) {
                        throw new SaslException("the server has not proved who it is");
                    }
                    return result;
                } else {
                    return result;
                }
            }
            throw new SaslException("the server does not come to an end");
        } finally {
            client.dispose();
        }
    }

    private static byte[] evaluate(SaslClient client, @Nullable ASN1OctetString challenge) throws SaslException {
        byte @Nullable [] answer = client.evaluateChallenge(challenge == null ? new byte[0] : challenge.getValue());
        return answer == null ? new byte[0] : answer;
    }

    /** The innermost message, which is where Kerberos says what was wrong. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    @Override
    public KerberosBind getRebindRequest(String host, int port) {
        return duplicate();
    }

    @Override
    public KerberosBind duplicate() {
        return duplicate(getControls());
    }

    @Override
    public KerberosBind duplicate(Control @Nullable [] controls) {
        return new KerberosBind(
                principal, withKeytab, file, timeoutMillis, controls == null ? new Control[0] : controls);
    }

    @Override
    public void toString(StringBuilder buffer) {
        buffer.append("KerberosBind(").append(principal).append(')');
    }

    @Override
    public void toCode(List<String> lines, String requestId, int indentSpaces, boolean includeProcessing) {
        lines.add(" ".repeat(indentSpaces) + "// " + requestId + ": " + this);
    }

    private String source() {
        return withKeytab ? "keytab " + file : "a ticket of " + (file.isEmpty() ? "the process's cache" : file);
    }

    /** How to log in, for this login only. */
    private static final class KerberosLogin extends Configuration {
        private final AppConfigurationEntry entry;

        KerberosLogin(KerberosBind bind) {
            Map<String, String> options = new HashMap<>(Map.of(
                    "principal",
                    bind.principal,
                    "useKeyTab",
                    String.valueOf(bind.withKeytab),
                    "useTicketCache",
                    String.valueOf(!bind.withKeytab),
                    "doNotPrompt",
                    "true",
                    "isInitiator",
                    "true"));
            if (!bind.file.isEmpty()) {
                options.put(bind.withKeytab ? "keyTab" : "ticketCache", bind.file);
            }
            entry = new AppConfigurationEntry(
                    "com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, options);
        }

        @Override
        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            return new AppConfigurationEntry[] {entry};
        }
    }
}

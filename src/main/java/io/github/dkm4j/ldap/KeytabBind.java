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
import java.util.List;
import java.util.Map;
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
 * A bind by Kerberos (SASL GSSAPI) that logs in with a keytab each time and takes no tickets from elsewhere. It protects
 * nothing but itself, so that the connection must have TLS, which Active Directory wants to be the only protection.
 *
 * <p>The LDAP SDK's own request sets system properties that hold for the whole process, so that two of them with different
 * keytabs cannot run at once. This one touches nothing that is shared.
 */
final class KeytabBind extends SASLBindRequest {
    private static final long serialVersionUID = 1L;
    private static final String MECHANISM = "GSSAPI";
    /** Kerberos takes three. */
    private static final int MAX_MESSAGES = 10;

    private final String principal;
    private final String keytab;
    private final int timeoutMillis;

    KeytabBind(String principal, Path keytab, int timeoutMillis) {
        this(principal, keytab.toAbsolutePath().toString(), timeoutMillis, new Control[0]);
    }

    private KeytabBind(String principal, String keytab, int timeoutMillis, Control[] controls) {
        super(controls);
        this.principal = principal;
        this.keytab = keytab;
        this.timeoutMillis = timeoutMillis;
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
            LoginContext login = new LoginContext("", new Subject(), null, new KeytabLogin(principal, keytab));
            login.login();
            return login;
        } catch (LoginException e) {
            throw new LDAPException(
                    ResultCode.INVALID_CREDENTIALS,
                    "Kerberos does not let " + principal + " in with keytab " + keytab + ": " + reason(e),
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
    public KeytabBind getRebindRequest(String host, int port) {
        return duplicate();
    }

    @Override
    public KeytabBind duplicate() {
        return duplicate(getControls());
    }

    @Override
    public KeytabBind duplicate(Control @Nullable [] controls) {
        return new KeytabBind(principal, keytab, timeoutMillis, controls == null ? new Control[0] : controls);
    }

    @Override
    public void toString(StringBuilder buffer) {
        buffer.append("KeytabBind(").append(principal).append(')');
    }

    @Override
    public void toCode(List<String> lines, String requestId, int indentSpaces, boolean includeProcessing) {
        lines.add(" ".repeat(indentSpaces) + "// " + requestId + ": " + this);
    }

    /** How to log in, for this login only. */
    private static final class KeytabLogin extends Configuration {
        private final AppConfigurationEntry entry;

        KeytabLogin(String principal, String keytab) {
            entry = new AppConfigurationEntry(
                    "com.sun.security.auth.module.Krb5LoginModule",
                    LoginModuleControlFlag.REQUIRED,
                    Map.of(
                            "principal", principal,
                            "keyTab", keytab,
                            "useKeyTab", "true",
                            "useTicketCache", "false",
                            "doNotPrompt", "true",
                            "isInitiator", "true"));
        }

        @Override
        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            return new AppConfigurationEntry[] {entry};
        }
    }
}

package io.github.dkm4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** The rooms of the house and what no room may do. */
@AnalyzeClasses(packages = "io.github.dkm4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String BASE = "io.github.dkm4j";

    @ArchTest
    static final ArchRule keyImportsNothing = room("key");

    @ArchTest
    static final ArchRule cryptoImportsKey = room("crypto", "key");

    @ArchTest
    static final ArchRule rootImportsKeyAndCrypto = room("root", "key", "crypto");

    @ArchTest
    static final ArchRule storeImportsKey = room("store", "key");

    @ArchTest
    static final ArchRule policyImportsKey = room("policy", "key");

    @ArchTest
    static final ArchRule auditImportsKeyAndCrypto = room("audit", "key", "crypto");

    @ArchTest
    static final ArchRule httpWitnessImportsAuditAndKey = room("audit.http", "audit", "key");

    @ArchTest
    static final ArchRule ringImportsAllAbove = room("ring", "key", "crypto", "root", "store", "policy", "audit");

    @ArchTest
    static final ArchRule elevationImportsAllAbove =
            room("elevation", "key", "crypto", "root", "store", "policy", "audit", "ring");

    @ArchTest
    static final ArchRule sqlStoreImportsStoreKeyAndCrypto = room("store.jdbc", "store", "key", "crypto");

    @ArchTest
    static final ArchRule directoryStoreImportsStoreAndKey = room("store.ldap", "store", "key");

    @ArchTest
    static final ArchRule ldapGroupsImportPolicyAndKey = room("policy.ldap", "policy", "key");

    @ArchTest
    static final ArchRule connectionsToDirectoriesImportKey = room("ldap", "key");

    @ArchTest
    static final ArchRule rewrapImportsTheFacadeAndKey = room("rewrap", "", "key");

    @ArchTest
    static final ArchRule adaptersAreImportedByTheCliOnly = noClasses()
            .that()
            .resideOutsideOfPackages(
                    BASE + ".cli",
                    BASE + ".store.jdbc",
                    BASE + ".store.ldap",
                    BASE + ".policy.ldap",
                    BASE + ".ldap",
                    BASE + ".audit.http",
                    BASE + ".rewrap")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    BASE + ".store.jdbc",
                    BASE + ".store.ldap",
                    BASE + ".policy.ldap",
                    BASE + ".ldap",
                    BASE + ".audit.http",
                    BASE + ".rewrap");

    @ArchTest
    static final ArchRule adaptersDoNotKnowWhereTheirConnectionsComeFrom = noClasses()
            .that()
            .resideOutsideOfPackages(BASE + ".cli", BASE + ".ldap")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BASE + ".ldap");

    @ArchTest
    static final ArchRule theFacadeImportsAllButTheCli = noClasses()
            .that()
            .resideInAPackage(BASE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BASE + ".cli..");

    @ArchTest
    static final ArchRule onlyCryptoTouchesCiphers = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".crypto")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("javax.crypto.Cipher");

    @ArchTest
    static final ArchRule timeIsInjected = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".cli..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule nothingIsDeserialised =
            noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.io.ObjectInputStream");

    @ArchTest
    static final ArchRule noReflection = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.reflect..");

    private static ArchRule room(String room, String... mayImport) {
        String[] allowed = new String[mayImport.length + 1];
        allowed[0] = BASE + "." + room;
        for (int i = 0; i < mayImport.length; i++) {
            allowed[i + 1] = mayImport[i].isEmpty() ? BASE : BASE + "." + mayImport[i];
        }
        return classes()
                .that()
                .resideInAPackage(BASE + "." + room)
                .should()
                .onlyDependOnClassesThat(
                        com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(allowed)
                                .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages(
                                        BASE, BASE + "..")))
                .as("." + room + " imports only its line of the design");
    }
}

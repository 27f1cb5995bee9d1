package io.github.dkm4j.store.ldap;

/**
 * Which groups of a directory may do what with its rings. A group is given as its security identifier ({@code S-1-5-…}),
 * its distinguished name, or its account or common name if only one group of the directory's default domain has it.
 * Immutable.
 *
 * <p>It demands of every object, and of nobody's but these, that
 *
 * <ul>
 *   <li>the administrators own it, or the domain's, the server's or the system itself, or a member of the administrators;
 *   <li>nothing is inherited;
 *   <li>the system and the administrators may do everything;
 *   <li>readers, and who may roll over, may list children and read properties and the security descriptor;
 *   <li>who may roll over may make {@code contact} objects in a ring's container;
 *   <li>an owner as such may read the security descriptor, and nothing beyond that.
 * </ul>
 */
public final class AclBaseline {
    private final String readers;
    private final String rollers;
    private final String administrators;

    private AclBaseline(String readers, String rollers, String administrators) {
        this.readers = readers;
        this.rollers = rollers;
        this.administrators = administrators;
    }

    /**
     * A baseline of three groups, of which the first two may be the same.
     *
     * @param readers may read records
     * @param rollers may read records and add them
     * @param administrators may do everything
     */
    public static AclBaseline of(String readers, String rollers, String administrators) {
        return new AclBaseline(readers, rollers, administrators);
    }

    String readers() {
        return readers;
    }

    String rollers() {
        return rollers;
    }

    String administrators() {
        return administrators;
    }

    /** The groups as they were given. */
    @Override
    public String toString() {
        return "AclBaseline[readers=" + readers + ", rollers=" + rollers + ", administrators=" + administrators + "]";
    }
}

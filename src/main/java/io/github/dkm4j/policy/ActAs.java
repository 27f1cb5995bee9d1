package io.github.dkm4j.policy;

/**
 * Lets the members of one group act for the members of another.
 *
 * @param actors the group that may act
 * @param targets the group for whose members it may
 */
public record ActAs(String actors, String targets) implements Comparable<ActAs> {
    private static final String FOR = "->";
    private static final String WRITTEN = " " + FOR + " ";

    /**
     * @throws IllegalArgumentException if a name is not of the form that {@link AccessPolicy.Builder#allow} takes, or has
     *     an arrow in it
     */
    public ActAs {
        actors = checked(actors);
        targets = checked(targets);
    }

    static ActAs parse(String text) {
        int arrow = text.indexOf(WRITTEN);
        if (arrow < 0) {
            throw new IllegalArgumentException("act-as takes rules such as \"Web Servers -> Mailboxes\"");
        }
        return new ActAs(text.substring(0, arrow), text.substring(arrow + WRITTEN.length()));
    }

    private static String checked(String name) {
        if (name.contains(FOR)) {
            throw new IllegalArgumentException("a group in a rule for acting has no arrow in its name");
        }
        return Names.group(name);
    }

    @Override
    public int compareTo(ActAs other) {
        return toString().compareTo(other.toString());
    }

    /** {@code ACTORS -> TARGETS}. */
    @Override
    public String toString() {
        return actors + WRITTEN + targets;
    }
}

package io.github.dkm4j.elevation;

/** Who is in which security group. */
@FunctionalInterface
interface Members {
    /**
     * Whether somebody is in a group now.
     *
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable if that cannot be known
     */
    boolean isIn(String group, String name);
}

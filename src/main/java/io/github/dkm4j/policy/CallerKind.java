package io.github.dkm4j.policy;

/** What a caller is, by the group directory's word. */
public enum CallerKind {
    /** An account that a program runs under. */
    SERVICE,
    /** A person's account, or one of which nothing else is known. */
    HUMAN
}

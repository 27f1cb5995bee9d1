package io.github.dkm4j.policy;

import java.time.Instant;

/**
 * A policy as a ring holds it.
 *
 * @param number 1 for the one that the ring was made with, and one more for each change
 * @param since when it was written
 * @param by who wrote it
 * @param reason why
 * @param policy what it says
 */
public record PolicyVersion(int number, Instant since, String by, String reason, AccessPolicy policy) {}

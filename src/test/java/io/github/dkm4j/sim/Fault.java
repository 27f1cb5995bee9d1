package io.github.dkm4j.sim;

/** What goes wrong, and how likely it is at most at each opportunity. */
enum Fault {
    /** The process dies at a store call, before it took effect. */
    CRASH_BEFORE(0.02),
    /** The process dies at a store call that took effect. */
    CRASH_AFTER(0.02),
    /** A store call fails and had no effect. */
    ERROR_BEFORE(0.06),
    /** A store call fails though it took effect. */
    ERROR_AFTER(0.06),
    /** A write is on its way for long, while the world goes on. */
    STALL(0.15),
    /** A read's answer is on its way for long, while the world goes on. */
    SLOW_READ(0.02),
    /** The process dies between two operations. */
    KILL(0.05),
    /** A node cannot reach the store for a while. */
    PARTITION(0.05),
    /** A node does nothing for a while. */
    PAUSE(0.05),
    /** A node's clock moves within what is tolerated. */
    CLOCK_WANDER(0.08),
    /** A node's clock jumps, as far as it likes. */
    CLOCK_LEAP(0.04),
    /** The store is set back to an older copy. */
    ROLL_BACK(0.02),
    /** The store loses the writes that it took last. */
    FAILOVER(0.03),
    /** Two processes go on from one state of their random generators. */
    CLONE(0.02);

    final double most;

    Fault(double most) {
        this.most = most;
    }
}

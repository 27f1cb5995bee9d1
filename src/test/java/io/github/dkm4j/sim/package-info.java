/**
 * A deterministic simulation: some nodes, a store that misbehaves, one seed that decides everything, and the rules that
 * must hold whatever happens.
 */
@NullMarked
package io.github.dkm4j.sim;

import org.jspecify.annotations.NullMarked;

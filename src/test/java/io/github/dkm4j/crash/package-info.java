/** Processes that share a ring and are killed without warning: nothing that they have handed out may be lost. */
@NullMarked
package io.github.dkm4j.crash;

import org.jspecify.annotations.NullMarked;

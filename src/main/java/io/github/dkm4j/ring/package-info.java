/**
 * The ring behind the facade: its records, the immutable snapshot that readers hold, the choice of the active key,
 * refresh and roll-over. Not exported. Imports every package above it in the design's table of rooms.
 */
@NullMarked
package io.github.dkm4j.ring;

import org.jspecify.annotations.NullMarked;

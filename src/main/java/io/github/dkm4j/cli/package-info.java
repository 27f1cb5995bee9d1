/** The operator's tool. Not exported; its entry is {@link io.github.dkm4j.cli.Main}. May import everything. */
@NullMarked
package io.github.dkm4j.cli;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.github.dkm4j.rewrap;

import org.jspecify.annotations.NullMarked;

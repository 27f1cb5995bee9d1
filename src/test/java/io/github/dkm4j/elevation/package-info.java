@NullMarked
package io.github.dkm4j.elevation;

import org.jspecify.annotations.NullMarked;

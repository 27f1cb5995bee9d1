package io.github.dkm4j.rewrap;

import java.util.List;

/**
 * Keeps a list of rows that are moved although their key was revoked. Once moved they look like any other row: this list is
 * all that tells which of them whoever stole the key may have written.
 */
@FunctionalInterface
public interface RevokedRows {
    /**
     * Called before the rows are moved. If it throws, none of them is; a row may come again.
     *
     * @param rows at least one
     */
    void keep(List<RewrapReport.Row> rows);
}

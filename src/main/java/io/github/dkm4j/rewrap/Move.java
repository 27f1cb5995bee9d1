package io.github.dkm4j.rewrap;

import java.util.Optional;

/**
 * A row and the message that is to replace its own.
 *
 * @param message text or bytes, as the row's own
 * @param revoked how to list the row, if its key was revoked
 */
record Move(Row row, Object message, Optional<RewrapReport.Row> revoked) {}

package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.rewrap.RevokedRows;
import io.github.dkm4j.rewrap.RewrapReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** A file to which rows are added that are about to be moved although their key was revoked: table, key, epoch, key id. */
final class RevokedRowsFile implements AutoCloseable {
    private final FileChannel channel;

    RevokedRowsFile(Path file) {
        try {
            channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            throw new UsageError("cannot write the list of rows under revoked keys, " + file + ": " + e.getMessage());
        }
    }

    /** Adds a table's rows; they are on the disk when this returns. */
    RevokedRows of(String table) {
        return rows -> keep(table, rows);
    }

    private synchronized void keep(String table, List<RewrapReport.Row> rows) {
        StringBuilder lines = new StringBuilder();
        for (RewrapReport.Row row : rows) {
            lines.append(table)
                    .append('\t')
                    .append(row.key().replace('\t', ' ').replace('\n', ' '))
                    .append('\t')
                    .append(row.under()
                            .map(key -> key.epoch() + "\t" + key.keyId())
                            .orElse("\t"))
                    .append('\n');
        }
        ByteBuffer buffer = ByteBuffer.wrap(lines.toString().getBytes(UTF_8));
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("the list of rows under revoked keys cannot be written", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.github.dkm4j.rewrap;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a table page by page, and counts each row that is left once: pages do not overlap, and what is looked at
 * again was not counted before. A worker claims a page by its first old row and moves it in one transaction; pages
 * that others have claimed it passes over. When it is through it looks at those again: of pages whose worker died it claims
 * what it can. If a page's first row is no longer old, another worker has moved the page, or somebody has deleted or changed
 * that row alone: whatever old rows the page still has, it takes row by row, and so it does where it waits for whoever holds
 * what is left.
 */
final class Pages {
    private static final String LOCKED = "55P03";
    private static final String NOT_SUPPORTED = "0A000";
    private static final int MOST_PASSES = 50;

    private final Connection connection;
    private final RowReader reader;
    private final Mover mover;
    private final Runnable progress;
    private List<RowReader.Page> passedOver = new ArrayList<>();

    /** Pages, and rows, that somebody else changed after they were read or passed over, or held for long. */
    private List<RowReader.Page> disputed = new ArrayList<>();

    /**
     * A way through the table.
     *
     * @param progress told after each page
     */
    Pages(Connection connection, RowReader reader, Mover mover, Runnable progress) {
        this.connection = connection;
        this.reader = reader;
        this.mover = mover;
        this.progress = progress;
    }

    /**
     * Moves all rows, as far as they can be moved. Begins anywhere, so that workers get into each other's way less.
     *
     * @return whether each row that was old at the beginning, and still is, has been looked at
     */
    boolean move() throws SQLException {
        Object begin = someKey().orElse(null);
        forward(begin, null);
        if (begin != null) {
            forward(null, begin);
        }
        back();
        for (int pass = 0; pass < MOST_PASSES && !disputed.isEmpty(); pass++) {
            List<RowReader.Page> pages = disputed;
            disputed = new ArrayList<>();
            for (RowReader.Page page : pages) {
                moveSingly(page);
                progress.run();
            }
        }
        return disputed.isEmpty();
    }

    private Optional<Object> someKey() throws SQLException {
        try {
            return mover.repeated(reader::someKey);
        } catch (SQLException e) {
            if (!NOT_SUPPORTED.equals(e.getSQLState())) {
                throw e;
            }
            return Optional.empty(); // of a view, for instance, no sample can be had
        }
    }

    private void forward(@Nullable Object begin, @Nullable Object until) throws SQLException {
        Object last = begin;
        boolean more = true;
        while (more) {
            Object after = last;
            Optional<RowReader.Claim> claim = mover.repeated(() -> reader.next(mover.active(), after, until));
            claim.ifPresent(taken -> passedOver.addAll(taken.rows().isEmpty() ? List.of(taken.page()) : List.of()));
            if (claim.isPresent()) {
                move(claim.get());
            }
            last = claim.map(taken -> taken.page().end()).orElse(null);
            more = last != null;
            progress.run();
        }
    }

    /** Moves a claimed page; if that fails as it may, it is looked at again. */
    private void move(RowReader.Claim claim) throws SQLException {
        try {
            if (!mover.move(claim.rows())) {
                disputed.add(claim.page());
            }
        } catch (SQLException e) {
            connection.rollback();
            // Somebody holds one of its rows for long, or the database asks to try again.
            if (!LOCKED.equals(e.getSQLState()) && !Mover.isPassing(e)) {
                throw e;
            }
            disputed.add(claim.page());
        }
    }

    private void back() throws SQLException {
        boolean moving = true;
        while (moving) {
            List<RowReader.Page> remaining = new ArrayList<>();
            for (RowReader.Page page : passedOver) {
                if (mover.repeated(() -> reader.isOld(page.first(), mover.active()))) {
                    List<Row> rows = mover.repeated(() -> reader.claimed(page, mover.active()));
                    move(new RowReader.Claim(page, rows));
                    if (rows.isEmpty()) {
                        remaining.add(page);
                    }
                    progress.run();
                } else {
                    disputed.add(page);
                }
            }
            moving = !remaining.isEmpty() && remaining.size() < passedOver.size();
            passedOver = remaining;
        }
        disputed.addAll(passedOver);
    }

    private void moveSingly(RowReader.Page page) throws SQLException {
        Object last = null;
        boolean more = true;
        while (more) {
            Object after = last;
            List<Row> rows = mover.repeated(() -> {
                List<Row> read = reader.rows(page, after, mover.active());
                connection.commit(); // nothing is held while a row is waited for
                return read;
            });
            more = false;
            for (Row row : rows) {
                last = row.key();
                if (!mover.repeated(() -> mover.move(List.of(row)))) {
                    // Whoever was first may have changed those that follow too: they are read again, and this one
                    // later.
                    more = true;
                    disputed.add(new RowReader.Page(row.key(), row.key()));
                    break;
                }
            }
        }
    }
}

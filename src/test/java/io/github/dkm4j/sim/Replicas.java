package io.github.dkm4j.sim;

import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The store's servers. One is a linearizable store; among more, records travel for a while, in any order. */
final class Replicas {
    private record Held(Rec rec, StoredRecord record, long since) {}

    private record Travelling(
            long arrives,
            int replica,
            RecordName name,
            @Nullable StoredRecord record) {}

    private record Taken(int replica, StoredRecord record, boolean removal) {}

    private final Random random;
    private final long boundMillis;
    private final List<TreeMap<RecordName, Held>> servers = new ArrayList<>();
    private final List<Travelling> travelling = new ArrayList<>();
    private final List<Taken> journal = new ArrayList<>();
    private final List<List<StoredRecord>> backups = new ArrayList<>();
    private final Map<String, Rec> recs = new LinkedHashMap<>();

    Replicas(int number, long boundMillis, Random random) {
        this.random = random;
        this.boundMillis = boundMillis;
        for (int i = 0; i < number; i++) {
            servers.add(new TreeMap<>());
        }
    }

    /** Everything that any server ever took. */
    Collection<Rec> recs() {
        return recs.values();
    }

    Rec rec(StoredRecord record) {
        return recs.computeIfAbsent(record.name() + "#" + Arrays.hashCode(record.content()), key -> new Rec(record));
    }

    boolean isFree(int replica, String slot) {
        return servers.get(replica).keySet().stream()
                .noneMatch(name -> name.slot().equals(slot));
    }

    List<StoredRecord> read(int replica) {
        return servers.get(replica).values().stream().map(Held::record).toList();
    }

    List<Rec> recs(int replica) {
        return servers.get(replica).values().stream().map(Held::rec).toList();
    }

    /** What was taken so far survives every failover. */
    void secure() {
        journal.clear();
    }

    boolean put(int replica, StoredRecord record, long now) {
        if (servers.get(replica).containsKey(record.name())) {
            return false;
        }
        StoredRecord dated = record.storedAt(Instant.ofEpochMilli(now));
        servers.get(replica).put(record.name(), new Held(rec(dated), dated, now));
        journal.add(new Taken(replica, dated, false));
        send(replica, record.name(), dated, now);
        return true;
    }

    boolean remove(int replica, RecordName name, long now) {
        Held removed = servers.get(replica).remove(name);
        if (removed == null) {
            return false;
        }
        journal.add(new Taken(replica, removed.record(), true));
        send(replica, name, null, now);
        return true;
    }

    /** Loses a record for good, and no fault says so. */
    void forget(RecordName name) {
        servers.forEach(server -> server.remove(name));
        travelling.removeIf(one -> one.name().equals(name));
    }

    /** Lets what is due arrive. */
    void deliver(long now) {
        for (Iterator<Travelling> all = travelling.iterator(); all.hasNext(); ) {
            Travelling one = all.next();
            if (one.arrives() <= now) {
                all.remove();
                TreeMap<RecordName, Held> server = servers.get(one.replica());
                if (one.record() == null) {
                    server.remove(one.name());
                } else {
                    server.putIfAbsent(one.name(), new Held(rec(one.record()), one.record(), one.arrives()));
                }
            }
        }
    }

    void backUp(int replica) {
        backups.add(read(replica));
    }

    /** Sets all servers back to an older copy. */
    void rollBack(long now) {
        List<StoredRecord> copy = backups.get(random.nextInt(backups.size()));
        servers.forEach(server -> {
            server.values().forEach(held -> held.rec().damaged = true);
            server.clear();
            copy.forEach(record -> server.put(record.name(), new Held(rec(record), record, now)));
        });
        copy.forEach(record -> rec(record).damaged = true);
        travelling.forEach(one -> damage(one.record()));
        travelling.clear();
        journal.clear();
    }

    /** One server loses what it took last, also for the others unless it has reached them. */
    void failOver(long now) {
        if (journal.isEmpty()) {
            return;
        }
        int replica = journal.get(journal.size() - 1).replica();
        int losses = 1 + random.nextInt(4);
        for (int i = journal.size() - 1; i >= 0 && losses > 0; i--) {
            Taken last = journal.get(i);
            if (last.replica() == replica) {
                lose(last, now);
                journal.remove(i);
                losses--;
            }
        }
    }

    private void lose(Taken last, long now) {
        RecordName name = last.record().name();
        TreeMap<RecordName, Held> server = servers.get(last.replica());
        damage(last.record());
        if (last.removal()) {
            server.putIfAbsent(name, new Held(rec(last.record()), last.record(), now));
        } else {
            server.remove(name);
        }
        boolean elsewhere = false;
        for (int i = 0; i < servers.size(); i++) {
            elsewhere |= i != last.replica() && servers.get(i).containsKey(name) != last.removal();
        }
        if (elsewhere) {
            StoredRecord there = last.removal() ? null : last.record();
            travelling.add(new Travelling(now + travel(), last.replica(), name, there));
        } else {
            travelling.removeIf(one -> one.name().equals(name));
        }
    }

    /** For how long the server has had that very record; negative if it has not. */
    long heldFor(int replica, Rec rec, long now) {
        Held held = servers.get(replica).get(rec.stored.name());
        return held != null && rec == held.rec() ? now - held.since() : -1;
    }

    boolean holds(Rec rec) {
        for (TreeMap<RecordName, Held> server : servers) {
            Held held = server.get(rec.stored.name());
            if (held != null && rec == held.rec()) {
                return true;
            }
        }
        return travelling.stream().anyMatch(one -> one.record() != null && rec == rec(one.record()));
    }

    /** Whether every server has all that somebody still has. */
    boolean inStep() {
        return travelling.isEmpty()
                && recs().stream()
                        .filter(rec -> !rec.lost && !rec.buried && !rec.type.equals("use"))
                        .allMatch(rec -> servers.stream().allMatch(server -> {
                            Held held = server.get(rec.stored.name());
                            return held != null && rec == held.rec();
                        }));
    }

    private void send(int from, RecordName name, @Nullable StoredRecord record, long now) {
        for (int i = 0; i < servers.size(); i++) {
            if (i != from) {
                travelling.add(new Travelling(now + travel(), i, name, record));
            }
        }
    }

    private long travel() {
        return boundMillis == 0 ? 0 : 1 + (long) (random.nextDouble() * (boundMillis - 1));
    }

    private void damage(@Nullable StoredRecord record) {
        if (record != null) {
            rec(record).damaged = true;
        }
    }
}

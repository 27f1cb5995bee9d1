package io.github.dkm4j.sim;

import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.List;

/** The store as one node reaches it: every call may fail, stall or be the process's last. */
final class SimStore implements KeyRingStore {
    private final World world;
    private final Node node;

    SimStore(World world, Node node) {
        this.world = world;
        this.node = node;
    }

    @Override
    public boolean create(String ring, List<StoredRecord> records) {
        records.forEach(record -> world.replicas().put(node.replica, record, world.now()));
        return true;
    }

    @Override
    public boolean add(String ring, StoredRecord record) {
        world.oracle().adding(node, record);
        before(true);
        boolean free = world.replicas().isFree(node.replica, record.name().slot());
        if (free) {
            put(record);
            world.oracle().added(record);
        }
        after();
        return free;
    }

    @Override
    public boolean restore(String ring, StoredRecord record) {
        before(true);
        boolean restored = put(record);
        if (restored) {
            world.tally().count("records put back");
            world.log(node + " puts back " + record.name());
        }
        after();
        return restored;
    }

    @Override
    public boolean remove(String ring, RecordName name) {
        before(true);
        world.oracle().removing(node, name);
        boolean removed = world.replicas().remove(node.replica, name, world.now());
        after();
        return removed;
    }

    @Override
    public Instant now() {
        before(false);
        return Instant.ofEpochMilli(world.now());
    }

    @Override
    public List<StoredRecord> read(String ring) {
        before(false);
        long asked = world.now();
        if (world.profile().broken() == Profile.Broken.FORGETFUL && world.strikes(0.2)) {
            forget();
        }
        List<StoredRecord> records = world.replicas().read(node.replica);
        List<Rec> recs = world.replicas().recs(node.replica);
        if (world.strikes(Fault.SLOW_READ)) {
            world.meanwhile(node, "waits for an answer");
        }
        after();
        node.saw(recs, asked);
        return records;
    }

    private boolean put(StoredRecord record) {
        if (world.profile().broken() == Profile.Broken.FORGETFUL
                && !world.replicas().rec(record).type.equals("use")) {
            boolean known = world.replicas().read(node.replica).stream()
                    .anyMatch(other -> other.name().equals(record.name()));
            if (!known && world.hasForgotten(record.name())) {
                return true;
            }
        }
        return world.replicas().put(node.replica, record, world.now());
    }

    private void forget() {
        world.replicas().read(node.replica).stream()
                .map(StoredRecord::name)
                .filter(name -> name.slot().startsWith("key-") && !name.slot().endsWith("-0000000001"))
                .findFirst()
                .ifPresent(world::forget);
    }

    private void before(boolean write) {
        if (node.isCut()) {
            throw trouble("the network is cut");
        }
        if (world.strikes(Fault.CRASH_BEFORE)) {
            throw new Crash();
        }
        if (world.strikes(Fault.ERROR_BEFORE)) {
            throw trouble("without effect");
        }
        if (write && world.strikes(Fault.STALL)) {
            world.meanwhile(node, "writes slowly");
        }
    }

    private void after() {
        if (world.strikes(Fault.CRASH_AFTER)) {
            throw new Crash();
        }
        if (world.strikes(Fault.ERROR_AFTER)) {
            throw trouble("with effect");
        }
    }

    private StoreUnavailable trouble(String what) {
        node.troubleAt = world.now();
        return new StoreUnavailable("simulated: " + what);
    }
}

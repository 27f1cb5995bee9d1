/*
 * The roll-over protocol of a key ring: three nodes, one store, an administrator, clocks that differ.
 * What it means, what it leaves out and how it is run: roll-over.md. Every line of check-roll-over.sh is one run.
 *
 * A step of a node is one atomic action. Two nodes' steps interleave in every order, and time may pass between any
 * two steps, but not past a node that has work due (see `time`).
 */

#define NODES 3

#ifndef MINTERS
#define MINTERS 3 /* nodes that may make keys: those with the lowest numbers */
#endif
#ifndef W
#define W 3 /* propagation window: how long a new key stays PENDING */
#endif
#ifndef R
#define R 1 /* a connected node reads the store at least this often */
#endif
#ifndef S
#define S 1 /* the clocks of nodes and store differ by no more than this */
#endif
#ifndef PERIOD
#define PERIOD 4 /* how old an active key may become */
#endif
#ifndef EPOCHS
#define EPOCHS 3 /* a ring is watched until it has so many */
#endif
/* A key is a number: (epoch - 1) * IDS + id. Its id is its maker's number; where ids play no part all are 0. */
#if defined(RIVALS) || defined(IDENTITY)
#define IDS 3
#define ID(n) (n)
#else
#define IDS 1
#define ID(n) 0
#endif
#define KEYS (EPOCHS * IDS)
#define NONE 255
#define BIT(k) (1 << (k))
#define HAS(set, k) (((set) >> (k)) & 1)
#define EPOCH(k) ((k) / IDS + 1)
#define KEY(e, i) (((e) - 1) * IDS + (i))
#define SLOT(e) (((1 << IDS) - 1) << (((e) - 1) * IDS))

/*
 * Time is unbounded: the store's clock always reads NOW, and a tick makes all other times smaller by one. One so long
 * past that it can no longer matter is 0, so that states that behave alike are one state.
 */
#define NOW 8
#define LONG_PAST (NOW + W - PERIOD)

/* The store. It only grows. */
short stored = 1;     /* keys whose record it has; epoch 1 is active from the start */
short revoked = 0;    /* keys that the administrator revoked */
short emergency = 0;  /* keys that were made without a window */
byte activates[KEYS] = NOW; /* when each counts as active */

/* What each node has in memory. */
bool up[NODES] = true;
bool connected[NODES] = true; /* its last read of the store succeeded */
byte age[NODES] = 0;          /* ticks since that read, up to R */
short known[NODES] = 1;       /* its snapshot */
short knownRevoked[NODES] = 0;
byte plan[NODES] = 0;         /* the epoch that it decided to make and has not yet written; 0: none */
byte planActivates[NODES];
bool planEmergency[NODES];

/* What only this model knows: history, for the assertions. */
short sawRevoked[NODES] = 0;   /* survives a crash, unlike the snapshot */
byte sawReached[NODES] = 1;    /* highest epoch that the node saw activated, by its own clock */

/* Node 1's clock is fast, the others' are the store's. */
#ifdef CLOCK_STEPS_BACK
bool fast = true;
#define OFFSET(n) ((n) == 1 && fast -> S : 0)
#else
#define OFFSET(n) ((n) == 1 -> S : 0)
#endif
#define LOCAL(n) (NOW + OFFSET(n))

#ifdef STICKY_RIVAL
byte last[NODES] = 0; /* the key that the node sealed with last */
#endif
#ifdef RIVALS_ARE_SUCCESSORS
byte sealedRank[NODES] = 0;
#define RANK(k) (EPOCH(k) * IDS + IDS - 1 - (k) % IDS)
#endif
#ifdef NO_READ_BACK
#define OWN_ACTIVATION
short ownKeys[NODES] = 0; /* keys that the node believes in because it made them */
byte ownActivates[NODES];
#endif
#ifdef SLOW_READ
bool reading[NODES] = false; /* a read of the store has begun ... */
byte readAge[NODES] = 0;     /* ... so many ticks ago ... */
short found[NODES] = 0;      /* ... and will bring this */
short foundRevoked[NODES] = 0;
#endif

/* Always 0: in an assertion they name the property, so that the verifier's message does. W1 to W3: see roll-over.md. */
hidden byte P1_stored, P2_known_to_all, P3_same_choice, P4_not_needless, P5_not_again, P6_rolls_over;
hidden byte W1_third_epoch, W2_emergency, W3_rival;

#ifdef REVOKE_PENDING
bool revokedPending = false;
#endif

hidden byte i, m, epoch, chosen, reachedEpoch, top, other, first;
hidden byte pending;

#ifdef FALL_BACK
#define MAY_BE_CHOSEN(k, so_far) (EPOCH(k) == reachedEpoch || so_far == NONE)
#else
#define MAY_BE_CHOSEN(k, so_far) (EPOCH(k) == reachedEpoch)
#endif

/* A node with nothing to seal with waits for no window; it does wait for an emergency key, if its clock is slow. */
#ifdef EMERGENCY_STORM
#define IS_SUCCESSOR(k) (chosen != NONE)
#else
#define IS_SUCCESSOR(k) (chosen != NONE || HAS(emergency, k))
#endif

#ifdef REVOKE_PENDING
#define REPLACED(e) ((revoked & SLOT(e)) != 0)
#else
#define REPLACED(e) false
#endif

#ifdef GIVE_UP
bool gaveUp = false;
#define GAVE_UP gaveUp
#else
#define GAVE_UP false
#endif

/* The pure function: highest epoch whose activation has come, of its rivals the unrevoked one with the lowest id. */
inline choose(keys, withdrawn, now, answer) {
    reachedEpoch = 0;
    answer = NONE;
    i = KEYS;
    do
    :: i > 0 ->
        i--;
        if
        :: HAS(keys, i) && activates[i] <= now ->
            if
            :: reachedEpoch == 0 -> reachedEpoch = EPOCH(i)
            :: else
            fi;
            if
            :: !HAS(withdrawn, i) && MAY_BE_CHOSEN(i, answer) -> answer = i
            :: else
            fi
        :: else
        fi
    :: else -> break
    od
}

/* What the node would seal with now. */
inline chooseFor(n, answer) {
    choose(known[n], knownRevoked[n], LOCAL(n), answer);
#ifdef STICKY_RIVAL
    if
    :: answer != NONE && EPOCH(last[n]) == reachedEpoch && HAS(known[n], last[n]) && !HAS(knownRevoked[n], last[n]) ->
        answer = last[n]
    :: else
    fi
#endif
}

inline highest(keys, answer) {
    answer = 0;
    i = KEYS;
    do
    :: i > 0 && answer == 0 ->
        i--;
        if
        :: HAS(keys, i) -> answer = EPOCH(i)
        :: else
        fi
    :: else -> break
    od
}

/* The node's snapshot becomes what the store has. */
inline adopt(n) {
    known[n] = stored;
    knownRevoked[n] = revoked;
    remember(n)
}

inline remember(n) {
    sawRevoked[n] = sawRevoked[n] | knownRevoked[n];
    choose(known[n], knownRevoked[n], LOCAL(n), chosen);
    if
    :: reachedEpoch > sawReached[n] -> sawReached[n] = reachedEpoch
    :: else
    fi
}

/* After a read that succeeded: is a successor due, or is there nothing left to seal with? */
inline decide(n) {
    chooseFor(n, chosen);
    pending = false;
    i = 0;
    do
    :: i < KEYS ->
        if
        :: HAS(known[n], i) && !HAS(knownRevoked[n], i) && activates[i] > LOCAL(n) && EPOCH(i) > reachedEpoch &&
            IS_SUCCESSOR(i) -> pending = true
        :: else
        fi;
        i++
    :: else -> break
    od;
    if
    :: n >= MINTERS || plan[n] != 0 || pending || GAVE_UP
    :: else ->
        if
        :: chosen == NONE -> makePlan(n, LOCAL(n), true)
        :: chosen != NONE && LOCAL(n) + W >= activates[chosen] + PERIOD -> makePlan(n, LOCAL(n) + W, false)
        :: else
        fi
    fi
}

inline makePlan(n, at, urgent) {
    highest(known[n], top);
    if
    :: top < EPOCHS ->
        plan[n] = top + 1;
        planActivates[n] = at;
        planEmergency[n] = urgent
    :: else
    fi
}

inline noPlan(n) {
    plan[n] = 0;
    planActivates[n] = 0;
    planEmergency[n] = false
}

/* The store takes the planned record if its slot is free. */
inline insert(n) {
    i = KEY(plan[n], ID(n));
    if
#ifdef RIVALS
    :: !HAS(stored, i) ->
#else
    :: (stored & SLOT(plan[n])) == 0 ->
#endif
        highest(stored, top);
        i = KEY(plan[n], ID(n));
        assert(P4_not_needless || plan[n] <= top + 1); /* epochs grow by one */
        /* The later of what its maker signed and what the store's own clock allows. */
        activates[i] = planActivates[n];
#ifndef SIGNED_TIME_ONLY
        if
        :: !planEmergency[n] && activates[i] < NOW + W -> activates[i] = NOW + W
        :: planEmergency[n] && activates[i] < NOW -> activates[i] = NOW
        :: else
        fi;
#endif
        /* P4: a key is made because roll-over is due or because a key was revoked, and for no other reason. */
        if
        :: planEmergency[n] ->
            assert(P4_not_needless || revoked != 0);
            emergency = emergency | BIT(i);
            /* One revocation, at most one epoch without a window. */
            m = 0; first = 0;
            do
            :: m < EPOCHS ->
                m++;
                if
                :: (emergency & SLOT(m)) != 0 -> first++
                :: else
                fi
            :: else -> break
            od;
            assert(P4_not_needless || first <= 1);
#ifdef REVOKE_PENDING
            /* The key that was in use is untouched: nobody should have to go without a window. */
            assert(P4_not_needless || !revokedPending);
#endif
        :: else ->
            m = 0; first = NONE;
            do
            :: m < IDS ->
                other = KEY(plan[n] - 1, m);
                if
                :: HAS(stored, other) && activates[other] < first -> first = activates[other]
                :: else
                fi;
                m++
            :: else -> break
            od;
            assert(P4_not_needless || REPLACED(plan[n] - 1) || NOW + S + W >= first + PERIOD)
        fi;
        stored = stored | BIT(i);
#ifndef RIVALS
        /* P4: one key an epoch. */
        assert(P4_not_needless || (stored & SLOT(plan[n])) == BIT(i));
#endif
    :: else
    fi
}

/* A message is made: everything that must hold of the key is asserted here. */
inline seal(n) {
    chooseFor(n, chosen);
#ifdef NO_READ_BACK
    i = 0;
    do
    :: i < KEYS ->
        if
        :: HAS(ownKeys[n], i) && ownActivates[n] <= LOCAL(n) && EPOCH(i) >= reachedEpoch -> chosen = i; reachedEpoch = EPOCH(i)
        :: else
        fi;
        i++
    :: else -> break
    od;
#endif
    if
    :: chosen != NONE ->
        epoch = EPOCH(chosen);
        assert(P1_stored || HAS(stored, chosen));
        assert(P5_not_again || !HAS(sawRevoked[n], chosen)); /* never with a key it saw revoked */
        assert(P5_not_again || (epoch >= sawReached[n] && epoch == reachedEpoch)); /* never with one it saw superseded */
        m = 0;
        do
        :: m < NODES ->
            if
            :: m != n && up[m] && connected[m] && !HAS(emergency, chosen) ->
                assert(P2_known_to_all || HAS(known[m], chosen))
            :: else
            fi;
            m++
        :: else -> break
        od;
        first = chosen; epoch = reachedEpoch;
        m = 0;
        do
        :: m < NODES ->
            if
            :: m > n && up[m] && known[m] == known[n] && knownRevoked[m] == knownRevoked[n] && OFFSET(m) == OFFSET(n) ->
                chooseFor(m, other);
                assert(P3_same_choice || other == first)
            :: else
            fi;
            m++
        :: else -> break
        od;
#ifdef STICKY_RIVAL
        last[n] = first;
#endif
#ifdef RIVALS_ARE_SUCCESSORS
        assert(P5_not_again || RANK(first) >= sealedRank[n]);
        sealedRank[n] = RANK(first);
#endif
#ifdef WITNESS_ROLL_OVER
        assert(W1_third_epoch || !(EPOCH(first) == 3 && emergency == 0));
#endif
#ifdef WITNESS_EMERGENCY
        assert(W2_emergency || !HAS(emergency, first));
#endif
#ifdef WITNESS_RIVALS
        assert(W3_rival || !(EPOCH(first) == 2 && (stored & SLOT(2)) != BIT(first)));
#endif
    :: else
    fi
}

/* Failures may end at any time; from then on, ticks are counted. */
#ifdef CALM
byte calm = 0;
#define RESTLESS (calm == 0)
#else
#define RESTLESS true
#endif

#ifdef ONE_LOCK
#define MAY_READ(n) (plan[n] == 0)
#else
#define MAY_READ(n) (true)
#endif

active [NODES] proctype node() {
    do
#ifdef SLOW_READ
    :: d_step { up[_pid] && !reading[_pid] && (age[_pid] > 0 || !connected[_pid] || RESTLESS) ->
        reading[_pid] = true; readAge[_pid] = 0; found[_pid] = stored; foundRevoked[_pid] = revoked }
    :: d_step { up[_pid] && reading[_pid] ->
        known[_pid] = known[_pid] | found[_pid];
        knownRevoked[_pid] = knownRevoked[_pid] | foundRevoked[_pid];
        connected[_pid] = true;
        age[_pid] = readAge[_pid];
        reading[_pid] = false; readAge[_pid] = 0; found[_pid] = 0; foundRevoked[_pid] = 0;
        remember(_pid); decide(_pid) }
#else
    /* A refresh: at any time, but no later than when it is due. What is due is decided on what it brought. */
    :: d_step { up[_pid] && MAY_READ(_pid) ->
        adopt(_pid); connected[_pid] = true; age[_pid] = 0; decide(_pid) }
#endif
    /* A refresh that fails: the node goes on with its snapshot, and makes no key. */
    :: d_step { up[_pid] && MAY_READ(_pid) && RESTLESS ->
        connected[_pid] = false; age[_pid] = 0;
#ifdef SLOW_READ
        reading[_pid] = false; readAge[_pid] = 0; found[_pid] = 0; foundRevoked[_pid] = 0;
#endif
#ifdef MINT_ON_FAILED_READ
        if
        :: plan[_pid] == 0 -> makePlan(_pid, LOCAL(_pid) + W, false)
        :: else
        fi;
#endif
        i = 0 }
    /* Somebody's message names a key that this node has not got: one more read, and nothing is decided on it. */
    :: d_step { up[_pid] && MAY_READ(_pid) && known[_pid] != stored -> adopt(_pid) }
    /* The planned record reaches the store at last, and is read back. */
    :: d_step { up[_pid] && plan[_pid] != 0 ->
        insert(_pid); noPlan(_pid); adopt(_pid); i = 0 }
    /* It does, but nobody is told: the answer was lost, the read-back failed, or the node is dead by now. */
    :: d_step { plan[_pid] != 0 && RESTLESS ->
        insert(_pid);
#ifdef NO_READ_BACK
        ownKeys[_pid] = BIT(KEY(plan[_pid], ID(_pid))); ownActivates[_pid] = planActivates[_pid];
#endif
        noPlan(_pid) }
    /* It never does. */
    :: d_step { plan[_pid] != 0 && RESTLESS ->
#ifdef NO_READ_BACK
        ownKeys[_pid] = BIT(KEY(plan[_pid], ID(_pid))); ownActivates[_pid] = planActivates[_pid];
#endif
#ifdef GIVE_UP
        gaveUp = true;
#endif
        noPlan(_pid) }
    :: d_step { up[_pid] -> seal(_pid) }
    /* A crash: memory is lost, a record that is on its way is not. */
    :: d_step { up[_pid] && RESTLESS ->
        up[_pid] = false; connected[_pid] = false; age[_pid] = 0; known[_pid] = 0; knownRevoked[_pid] = 0;
#ifdef NO_READ_BACK
        ownKeys[_pid] = 0; ownActivates[_pid] = 0;
#endif
#ifdef SLOW_READ
        reading[_pid] = false; readAge[_pid] = 0; found[_pid] = 0; foundRevoked[_pid] = 0;
#endif
        i = 0 }
    :: d_step { !up[_pid] ->
        up[_pid] = true; connected[_pid] = true; age[_pid] = 0; adopt(_pid) }
    od
}

/* The administrator revokes the key that is active by the store's clock, once, at any time or never. */
#ifndef NO_REVOCATION
active proctype administrator() {
    do
    :: d_step { revoked == 0 && RESTLESS ->
#ifdef REVOKE_PENDING
        /* The newest key, though it is still PENDING. */
        choose(stored, revoked, NOW, chosen);
        highest(stored, top);
        if
        :: top > reachedEpoch -> revoked = SLOT(top) & stored; revokedPending = true
        :: else
        fi
#else
        choose(stored, revoked, NOW, chosen);
        revoked = BIT(chosen)
#endif
        }
    :: revoked != 0 -> break
    od
}
#endif

/* Time passes when every connected node has done what is due. A plan may be outstanding: its maker has stalled. */
#ifdef ONE_LOCK
#define DUE(n) (up[n] && connected[n] && age[n] >= R && plan[n] == 0)
#elif defined(SLOW_READ)
#define DUE(n) (up[n] && ((connected[n] && age[n] >= R && !reading[n]) || (reading[n] && readAge[n] >= 1)))
#else
#define DUE(n) (up[n] && connected[n] && age[n] >= R)
#endif
#define BUSY(n) (DUE(n) || (!RESTLESS && (!connected[n] || plan[n] != 0)))

inline older(n) {
    olderPlan(n);
    if
    :: connected[n] && age[n] < R -> age[n]++
    :: else
    fi;
#ifdef SLOW_READ
    if
    :: reading[n] -> readAge[n]++
    :: else
    fi
#endif
}

inline settled(n) {
    /* P6: something not revoked is in use, and it is not the first epoch any more. */
    chooseFor(n, chosen);
    highest(stored, top);
    assert(P6_rolls_over || top == EPOCHS || (chosen != NONE && EPOCH(chosen) >= 2))
}

/* What the store's clock has overtaken in a plan no longer matters, unless the signed time alone counts. */
inline olderPlan(n) {
    if
    :: planActivates[n] > 0 -> planActivates[n]--
    :: else
    fi;
#ifndef SIGNED_TIME_ONLY
    if
    :: !planEmergency[n] && planActivates[n] <= NOW + W -> planActivates[n] = 0
    :: planEmergency[n] && planActivates[n] <= NOW -> planActivates[n] = 0
    :: else
    fi
#endif
}

inline olderKeys() {
    i = 0;
    do
    :: i < KEYS ->
        if
        :: HAS(stored, i) && activates[i] > LONG_PAST + 1 -> activates[i]--
        :: HAS(stored, i) && activates[i] <= LONG_PAST + 1 -> activates[i] = 0
        :: else
        fi;
        i++
    :: else -> break
    od
}

active proctype time() {
    do
    :: d_step { !BUSY(0) && !BUSY(1) && !BUSY(2) ->
        older(0); older(1); older(2); olderKeys();
        remember(0); remember(1); remember(2);
#ifdef CALM
        if
        :: calm > 0 && calm < CALM -> calm++
        :: calm == CALM -> settled(0); settled(1); settled(2)
        :: else
        fi;
#endif
        i = 0 }
#ifdef CALM
    :: calm == 0 -> calm = 1
#endif
    od
}

#ifdef CLOCK_STEPS_BACK
active proctype timekeeper() {
    fast = false
}
#endif

package io.github.dkm4j.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class InMemoryGroupDirectoryTest {
    private final InMemoryGroupDirectory directory = new InMemoryGroupDirectory();

    @Test
    void aGroupThatDoesNotExistHasNoMembers() {
        assertThat(directory.isMember("alice", "Nobody")).isFalse();
    }

    @Test
    void membersOfNestedGroupsAreMembers() {
        directory.add("Outer Group", "alice", "@Middle Group");
        directory.add("Middle Group", "@Inner");
        directory.add("Inner", "bob");

        assertThat(directory.isMember("bob", "Outer Group")).isTrue();
        assertThat(directory.isMember("alice", "Inner")).isFalse();
    }

    @Test
    void cyclesEnd() {
        directory.add("A", "@B", "@A");
        directory.add("B", "@A", "bob");

        assertThat(directory.isMember("bob", "A")).isTrue();
        assertThat(directory.isMember("eve", "A")).isFalse();
    }

    @Test
    void nestingOfAnyDepthIsFollowed() {
        for (int i = 0; i < 2_000; i++) {
            directory.add("g" + i, "@g" + (i + 1));
        }
        directory.add("g2000", "bob");

        assertThat(directory.isMember("bob", "g0")).isTrue();
    }

    @Test
    void aCallerNamedLikeANestedGroupIsNoMember() {
        directory.add("Outer", "@Inner");

        assertThat(directory.isMember("@Inner", "Outer")).isFalse();
        assertThat(directory.isMember("Inner", "Outer")).isFalse();
    }

    @Test
    void removedMembersAndNestedGroupsAreGone() {
        directory.add("A", "alice", "@B");
        directory.add("B", "bob");

        directory.remove("A", "alice");
        directory.remove("A", "@B");
        directory.remove("Unknown", "alice");

        assertThat(directory.isMember("alice", "A")).isFalse();
        assertThat(directory.isMember("bob", "A")).isFalse();
    }

    @Test
    void malformedNamesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> directory.add("A", "a,b"));
        assertThatIllegalArgumentException().isThrownBy(() -> directory.add("A", "@"));
        assertThatIllegalArgumentException().isThrownBy(() -> directory.add(" ", "alice"));
    }
}

package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.CallerKind;
import io.github.dkm4j.policy.GroupDirectory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command {@code whoami}. */
record WhoAmI(Console console) {
    int run(GroupDirectory groups, @Nullable String named, boolean json) {
        Caller account = groups.identity().map(name -> new Caller(name, name)).orElseGet(Caller::processAccount);
        Caller caller = named == null ? account : new Caller(named, account.name());
        CallerKind kind = groups.kind(caller.name());
        List<List<String>> memberships = groups.memberships(caller.name());
        if (json) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("caller", caller.name());
            node.put("account", caller.account());
            node.put("kind", kind.name());
            ArrayNode array = node.putArray("groups");
            memberships.forEach(path -> {
                ObjectNode group = array.addObject();
                group.put("group", path.get(path.size() - 1));
                path.forEach(group.putArray("path")::add);
            });
            console.json(node);
        } else {
            console.out().println(caller + ", " + kind);
            memberships.forEach(path -> console.out().println(line(path)));
        }
        return ExitStatus.DONE;
    }

    private static String line(List<String> path) {
        String group = path.get(path.size() - 1);
        return path.size() == 1 ? group : group + ", through " + String.join(", in ", path.subList(0, path.size() - 1));
    }
}

package io.github.dkm4j.audit;

import io.github.dkm4j.crypto.Percent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/**
 * That there is a trail, and where: what its process says in the ring's store, so that it is missed when it is gone.
 *
 * @param key the key that proves its checkpoints
 * @param host the machine on which it was begun
 * @param directory the directory of trails there
 */
public record TrailRegistration(TrailKey key, String host, String directory) {
    private static final int LONGEST = 400;
    private static final int LINES = 3;
    private static final String HOST = "host ";
    private static final String DIRECTORY = "directory ";

    static TrailRegistration of(TrailKey key, Path folder) {
        return new TrailRegistration(key, hostName(), located(folder.resolve("..")));
    }

    /** Whether it is the trail of this machine and that directory. */
    public boolean isIn(Path trails) {
        return host.equals(hostName()) && directory.equals(located(trails));
    }

    private static String located(Path directory) {
        try {
            return shortened(directory.toRealPath().toString());
        } catch (IOException e) {
            return shortened(directory.toAbsolutePath().normalize().toString()); // it is gone
        }
    }

    static String hostName() {
        try {
            return shortened(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    /** In text: three lines, the key first; names as values in a trail's records are. */
    public String text() {
        return key + "\n" + HOST + Percent.encode(host) + "\n" + DIRECTORY + Percent.encode(directory) + "\n";
    }

    /**
     * Reads what {@link #text} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static TrailRegistration parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != LINES + 1 || !lines[1].startsWith(HOST) || !lines[2].startsWith(DIRECTORY)) {
            throw new IllegalArgumentException("it is no registration of a trail");
        }
        TrailRegistration parsed = new TrailRegistration(
                TrailKey.parse(lines[0]),
                Percent.decode(lines[1].substring(HOST.length())),
                Percent.decode(lines[2].substring(DIRECTORY.length())));
        if (!parsed.text().equals(text)) {
            throw new IllegalArgumentException("it is no registration of a trail");
        }
        return parsed;
    }
}

package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** What an auditor can write from docs/audit.md alone: 0 for a whole trail, 7 for one without its end, 1 for another. */
final class IndependentVerifier {
    private static final String FORM = "\\d+ \\S+ [0-9]{4}-[0-9-]+T[0-9:]+(\\.\\d+)?Z \\w+( [a-zA-Z]\\w*=[!-~]*)*";
    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();
    private static final HexFormat HEX = HexFormat.of();

    static int verify(Path folder, String key, List<String> notes) throws Exception {
        List<byte[]> hashes = new ArrayList<>();
        boolean open = false;
        boolean incomplete = false;
        boolean signed = false;
        String[] files = folder.toFile().list((parent, name) -> name.matches("[0-9]{18}\\.trail"));
        Arrays.sort(files);
        for (String file : files) {
            String[] lines = Files.readString(folder.resolve(file), ISO_8859_1).split("\n", -1);
            incomplete |= !lines[lines.length - 1].isEmpty();
            for (String line : Arrays.copyOf(lines, lines.length - 1)) {
                String[] parts = line.split(" ", -1);
                int number = hashes.size();
                String before = number == 0 ? "-" : URL.encodeToString(hashes.get(number - 1));
                boolean formed = line.matches(FORM)
                        && !line.replaceAll("%[0-9A-F]{2}", "").contains("%");
                if (!formed || !parts[0].equals("" + number) || !parts[1].equals(before)) {
                    return 1;
                }
                signed = parts[3].equals("checkpoint");
                if (signed) {
                    String note = URLDecoder.decode(
                            parts[4].substring("note=".length()).replace("+", "%2B"), UTF_8);
                    boolean own = parts[4].startsWith("note=") && note.contains("\ntime " + parts[2] + "\n");
                    if (!own || parts.length != 5 || !fits(note, key, hashes)) {
                        return 1;
                    }
                }
                incomplete |= open && parts[3].equals("started");
                open = parts[3].equals("started") || (open && !parts[3].equals("ended"));
                hashes.add(sha256(new byte[] {0}, line.getBytes(ISO_8859_1)));
            }
        }
        for (String note : notes) {
            if (!fits(note, key, hashes)) {
                return 1;
            }
        }
        return hashes.isEmpty() ? 1 : incomplete || open || !signed ? 7 : 0;
    }

    /** Whether the key signed the note, and the first records have the root that it says. */
    private static boolean fits(String note, String key, List<byte[]> hashes) throws Exception {
        String[] lines = note.split("\n", -1);
        String[] verifier = key.split("\\+", 3);
        String prefix = "\u2014 " + verifier[0] + " ";
        String rawKey = HEX.formatHex(Base64.getDecoder().decode(verifier[2]), 1, 33);
        byte[] der = HEX.parseHex("302a300506032b6570032100" + rawKey);
        byte[] signed = Base64.getDecoder().decode(lines[5].substring(prefix.length()));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
        signature.update(note.substring(0, note.indexOf("\n\n") + 1).getBytes(UTF_8));
        int size = Integer.parseInt(lines[1]);
        return lines.length == 7
                && lines[0].equals(verifier[0])
                && lines[5].equals(prefix + Base64.getEncoder().encodeToString(signed))
                && HEX.formatHex(signed, 0, 4).equals(verifier[1])
                && signature.verify(signed, 4, signed.length - 4)
                && size <= hashes.size()
                && lines[2].equals(Base64.getEncoder().encodeToString(root(hashes.subList(0, size))));
    }

    private static byte[] root(List<byte[]> hashes) throws Exception {
        int half = Integer.highestOneBit(hashes.size() - 1);
        return hashes.size() == 1
                ? hashes.get(0)
                : sha256(new byte[] {1}, root(hashes.subList(0, half)), root(hashes.subList(half, hashes.size())));
    }

    private static byte[] sha256(byte[]... parts) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Arrays.stream(parts).forEach(digest::update);
        return digest.digest();
    }
}

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints a file, on every platform and whatever Maven's log level. */
final class PrintFile {
    private PrintFile() {}

    public static void main(String[] args) throws IOException {
        Files.copy(Path.of(args[0]), System.out);
        System.out.flush();
    }
}

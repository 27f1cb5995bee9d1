package io.github.dkm4j.ldap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Passes connections on to a server, counts them and can break them. */
final class Relay implements AutoCloseable {
    private final ServerSocket entrance;
    private final String host;
    private final int port;
    private final List<Socket> sockets = new ArrayList<>();
    private int accepted;

    private Relay(ServerSocket entrance, String host, int port) {
        this.entrance = entrance;
        this.host = host;
        this.port = port;
    }

    static Relay to(String host, int port) throws IOException {
        Relay relay = new Relay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), host, port);
        start(relay::accept);
        return relay;
    }

    int port() {
        return entrance.getLocalPort();
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    /** How many connections there have been. */
    synchronized int accepted() {
        return accepted;
    }

    synchronized void closeConnections() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private void accept() throws IOException {
        while (true) {
            Socket in = entrance.accept();
            Socket out = new Socket(host, port);
            synchronized (this) {
                accepted++;
                sockets.add(in);
                sockets.add(out);
            }
            start(() -> copy(in, out));
            start(() -> copy(out, in));
        }
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        }
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The connection was closed, which ends the thread.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        closeConnections();
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }
}

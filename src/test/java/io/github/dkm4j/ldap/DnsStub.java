package io.github.dkm4j.ldap;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** Answers every question by UDP with one SRV record (RFC 2782). */
final class DnsStub implements AutoCloseable {
    private static final int SRV = 33;
    private static final int INTERNET = 1;

    private final DatagramSocket socket;
    private final String host;
    private final int port;
    private volatile String asked = "";

    private DnsStub(DatagramSocket socket, String host, int port) {
        this.socket = socket;
        this.host = host;
        this.port = port;
    }

    static DnsStub answering(String host, int port) throws IOException {
        DnsStub stub = new DnsStub(new DatagramSocket(0, InetAddress.getLoopbackAddress()), host, port);
        Thread thread = new Thread(stub::serve);
        thread.setDaemon(true);
        thread.start();
        return stub;
    }

    String url() {
        return "dns://127.0.0.1:" + socket.getLocalPort();
    }

    /** The name last asked for. */
    String asked() {
        return asked;
    }

    private void serve() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                socket.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            // Closed, which ends the thread.
        }
    }

    private byte[] answer(ByteBuffer question) throws IOException {
        int id = question.getShort();
        question.position(12);
        StringJoiner name = new StringJoiner(".");
        for (int length = question.get(); length > 0; length = question.get()) {
            byte[] label = new byte[length];
            question.get(label);
            name.add(new String(label, StandardCharsets.US_ASCII));
        }
        asked = name.toString();

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(id);
        out.writeShort(0x8580); // an answer, with authority
        out.writeShort(1); // questions
        out.writeShort(1); // answers
        out.writeInt(0);
        writeName(out, asked);
        out.writeShort(SRV);
        out.writeShort(INTERNET);
        writeName(out, asked);
        out.writeShort(SRV);
        out.writeShort(INTERNET);
        out.writeInt(60); // seconds
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        writeName(new DataOutputStream(target), host);
        out.writeShort(6 + target.size());
        out.writeShort(0); // priority
        out.writeShort(100); // weight
        out.writeShort(port);
        target.writeTo(out);
        return bytes.toByteArray();
    }

    private static void writeName(DataOutputStream out, String name) throws IOException {
        for (String label : name.split("\\.", -1)) {
            out.writeByte(label.length());
            out.writeBytes(label);
        }
        out.writeByte(0);
    }

    @Override
    public void close() {
        socket.close();
    }
}

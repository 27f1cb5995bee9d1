package io.github.dkm4j.audit.http;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/** Reads over an answer's body, so that its connection can be used again, unless it is long. Says whether it ended. */
final class DiscardedBody implements BodySubscriber<Boolean> {
    static final int LONGEST = 4096;

    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private Subscription subscription = new Subscription() {
        @Override
        public void request(long parts) {}

        @Override
        public void cancel() {}
    };
    private long length;

    @Override
    public CompletionStage<Boolean> getBody() {
        return ended;
    }

    @Override
    public void onSubscribe(Subscription to) {
        subscription = to;
        to.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        length += part.stream().mapToLong(ByteBuffer::remaining).sum();
        if (length > LONGEST) {
            subscription.cancel();
            ended.complete(false);
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        ended.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        ended.complete(true);
    }
}

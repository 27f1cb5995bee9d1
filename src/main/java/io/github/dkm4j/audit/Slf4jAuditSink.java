package io.github.dkm4j.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes events to the logger {@code io.github.dkm4j.audit}, refusals and doubts as warnings, the rest as information. */
public final class Slf4jAuditSink implements AuditSink {
    private final Logger logger = LoggerFactory.getLogger("io.github.dkm4j.audit");

    @Override
    public void record(AuditEvent event) {
        if (event instanceof AuditEvent.AccessRefused || event instanceof AuditEvent.StoreDoubted) {
            logger.warn("{}", event);
        } else {
            logger.info("{}", event);
        }
    }
}

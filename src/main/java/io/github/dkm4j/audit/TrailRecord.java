package io.github.dkm4j.audit;

import java.time.Instant;
import java.util.Map;

/**
 * A record of a trail.
 *
 * @param trail the trail's name
 * @param number its place there, from 0 on
 * @param time when it was written, by the clock of who wrote it
 * @param type what happened, an event's {@link AuditEvent#name} or what the trail says of itself
 * @param fields the details
 */
public record TrailRecord(String trail, long number, Instant time, String type, Map<String, String> fields) {}

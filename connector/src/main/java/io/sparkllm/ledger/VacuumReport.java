package io.sparkllm.ledger;

/**
 * What a compaction did.
 *
 * @param entries entries in the new segments
 * @param superseded entries that were left out, as a better one of their fingerprint is there
 * @param segmentsBefore files before, open ones included
 * @param segmentsAfter files after
 * @param bytesBefore their length before
 * @param bytesAfter their length after
 * @param tornTails half-written last lines that were left out
 * @param damagedLines lines that were left out, as they are not as they were written
 * @param unreadableSegments segments that could not be read to their end, and stay
 */
public record VacuumReport(
    long entries,
    long superseded,
    long segmentsBefore,
    long segmentsAfter,
    long bytesBefore,
    long bytesAfter,
    long tornTails,
    long damagedLines,
    long unreadableSegments) {}

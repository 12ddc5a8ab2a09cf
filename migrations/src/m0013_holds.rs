//! What was ever reserved, a row for each reward, campaign and issue time of a customer: what may still be open at a moment
//! is found by it without walking through all that was reserved and closed before.
//!
//! An empty campaign and the least issue time stand for none; the greatest `seq` and time stand for never. The indexes begin
//! with an expression, so that no other one serves the same question: to a planner that knows customers by their average
//! the primary keys would seem as good, and with them a long history is walked.

crate::dialect::migration!(
    r"
CREATE TABLE holds (
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    reward_id {text} NOT NULL,
    campaign_id {text} NOT NULL,
    issued_at {int} NOT NULL,
    opened_seq {int} NOT NULL,
    closed_seq {int} NOT NULL,
    ends_at {int} NOT NULL,
    PRIMARY KEY (source, customer_id, reward_id, campaign_id, issued_at)
) {clustered};

CREATE INDEX holds_by_close ON holds ((customer_id || ''), source, closed_seq, ends_at, opened_seq);

DROP INDEX reward_lines_reserved;

CREATE INDEX reward_lines_of_holds
    ON reward_lines ((customer_id || ''), source, reward_id, (coalesce(issued_at, -9223372036854775807)))
    WHERE kind IN ('REWARDS_RESERVATION', 'REWARDS_RESERVATION_CANCELLED', 'CUSTOMER_REDEMPTION');

INSERT INTO holds (source, customer_id, reward_id, campaign_id, issued_at, opened_seq, closed_seq, ends_at)
SELECT source, customer_id, reward_id, campaign, issued, opened_seq,
    CASE WHEN whole + rest / 1000000000 > 0 OR (whole + rest / 1000000000 = 0 AND rest % 1000000000 > 0)
        THEN 9223372036854775807 ELSE last_seq END,
    ends_at
FROM (
    SELECT source, customer_id, reward_id, campaign, issued, max(event_seq) AS last_seq,
        min(CASE WHEN reserves THEN event_seq END) AS opened_seq,
        max(CASE WHEN reserves THEN coalesce(reservation_expires_at, 9223372036854775807) END) AS ends_at,
        CAST(sum(counted / 1000000000) AS BIGINT) AS whole, CAST(sum(counted % 1000000000) AS BIGINT) AS rest
    FROM (
        SELECT source, customer_id, reward_id, event_seq, reservation_expires_at,
            coalesce(campaign_id, '') AS campaign, coalesce(issued_at, -9223372036854775807) AS issued,
            kind = 'REWARDS_RESERVATION' AS reserves,
            CASE WHEN (kind = 'REWARDS_RESERVATION') = (amount > 0) THEN amount ELSE 0 END AS counted
        FROM reward_lines
        WHERE kind IN ('REWARDS_RESERVATION', 'REWARDS_RESERVATION_CANCELLED', 'CUSTOMER_REDEMPTION')
    ) AS lines
    GROUP BY source, customer_id, reward_id, campaign, issued
) AS sums
WHERE opened_seq IS NOT NULL;
"
);

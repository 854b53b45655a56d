//! The rules of the accounts: each balance follows from the orders, payouts and reports behind it.

/// Rule and query.
pub(super) const BOOKS: &[(&str, &str)] = &[
    (
        "money in escrow of a store differs from its paid orders not yet delivered",
        "SELECT {id:s.id} FROM store s
         LEFT JOIN (SELECT store_id, -SUM(amount) AS amount FROM ledger_entry WHERE account = 'escrow' GROUP BY store_id) e
           ON e.store_id = s.id
         LEFT JOIN (SELECT o.store_id, SUM(o.total) AS amount FROM orders o
                    JOIN payment_split x ON x.order_id = o.id JOIN payment p ON p.id = x.payment_id
                    WHERE o.status IN ('pending', 'processing', 'shipped')
                      AND p.status IN ('paid', 'partially_refunded', 'refunded') GROUP BY o.store_id) o
           ON o.store_id = s.id
         LEFT JOIN (SELECT o.store_id, -SUM(e.amount) AS amount FROM orders o
                    JOIN ledger_transaction t ON t.order_id = o.id AND t.kind = 'refund_due'
                    JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'refund_payable'
                    WHERE o.status IN ('pending', 'processing', 'shipped') GROUP BY o.store_id) r
           ON r.store_id = s.id
         WHERE COALESCE(e.amount, 0) <> COALESCE(o.amount, 0) - COALESCE(r.amount, 0)",
    ),
    (
        "delivered order was not released in full, or an undelivered one was",
        "SELECT o.number FROM orders o
         LEFT JOIN (SELECT t.order_id, SUM(e.amount) AS amount FROM ledger_transaction t
                    JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'escrow'
                    WHERE t.order_id IS NOT NULL GROUP BY t.order_id) e ON e.order_id = o.id
         LEFT JOIN (SELECT order_id, COUNT(*) AS n FROM ledger_transaction WHERE kind = 'release' GROUP BY order_id) r
           ON r.order_id = o.id
         LEFT JOIN (SELECT t.order_id, -SUM(e.amount) AS amount FROM ledger_transaction t
                    JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'refund_payable'
                    WHERE t.kind = 'refund_due' GROUP BY t.order_id) b ON b.order_id = o.id
         -- Nothing is released of an order that went back whole before it arrived.
         WHERE (o.status = 'delivered' AND (COALESCE(e.amount, 0) <> 0
                OR (COALESCE(r.n, 0) <> 1 AND NOT (COALESCE(r.n, 0) = 0 AND COALESCE(b.amount, 0) = o.total))))
            OR (o.status <> 'delivered' AND COALESCE(r.n, 0) <> 0)",
    ),
    (
        "what a store may draw differs from its releases less its refunds, payouts and cash taken at the door",
        "SELECT {id:s.id} FROM store s
         LEFT JOIN (SELECT store_id, -SUM(amount) AS amount FROM ledger_entry WHERE account = 'seller_payable' GROUP BY store_id) b
           ON b.store_id = s.id
         LEFT JOIN (SELECT o.store_id, -SUM(e.amount) AS amount FROM orders o
                    JOIN ledger_transaction t ON t.order_id = o.id AND t.kind = 'release'
                    JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'seller_payable'
                    WHERE o.status = 'delivered' GROUP BY o.store_id) o ON o.store_id = s.id
         LEFT JOIN (SELECT o.store_id, SUM(e.amount) AS amount FROM orders o
                    JOIN ledger_transaction t ON t.order_id = o.id AND t.kind IN ('refund_due', 'cod_offset')
                    JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'seller_payable' GROUP BY o.store_id) r
           ON r.store_id = s.id
         LEFT JOIN (SELECT store_id, SUM(amount) AS amount FROM payout
                    WHERE status IN ('requested', 'approved', 'sent', 'settled') GROUP BY store_id) p ON p.store_id = s.id
         WHERE COALESCE(b.amount, 0) <> COALESCE(o.amount, 0) - COALESCE(r.amount, 0) - COALESCE(p.amount, 0)",
    ),
    (
        "sum of a released order over its accounts is not what the buyer paid and got back",
        "SELECT o.number FROM orders o
         JOIN (SELECT t.order_id,
                      SUM(CASE WHEN t.kind IN ('release', 'refund_due')
                                AND e.account IN ('seller_payable', 'commission', 'commission_tax', 'tax', 'voucher_funding')
                          THEN -e.amount ELSE 0 END) AS given,
                      SUM(CASE WHEN e.account = 'refund_payable' AND t.kind = 'refund_due' THEN -e.amount ELSE 0 END) AS owed
               FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
               WHERE t.order_id IS NOT NULL GROUP BY t.order_id) b ON b.order_id = o.id
         WHERE o.status = 'delivered' AND b.given <> o.total - b.owed",
    ),
    (
        "commission or tax in the ledger differs from what was frozen at the sale",
        "SELECT o.number FROM orders o
         JOIN (SELECT t.order_id,
                      SUM(CASE WHEN e.account = 'commission' THEN -e.amount ELSE 0 END) AS commission,
                      SUM(CASE WHEN e.account = 'commission_tax' THEN -e.amount ELSE 0 END) AS commission_tax,
                      SUM(CASE WHEN e.account = 'tax' THEN -e.amount ELSE 0 END) AS tax,
                      SUM(CASE WHEN e.account = 'refund_payable' AND t.kind = 'refund_due' THEN -e.amount ELSE 0 END) AS owed
               FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
               WHERE t.order_id IS NOT NULL GROUP BY t.order_id) b ON b.order_id = o.id
         WHERE o.status = 'delivered' AND o.total > 0
           AND (ABS(CAST(b.commission AS NUMERIC) * o.total - CAST(o.commission AS NUMERIC) * (o.total - b.owed)) > o.total
             OR ABS(CAST(b.commission_tax AS NUMERIC) * o.total - CAST(o.commission_tax AS NUMERIC) * (o.total - b.owed)) > o.total
             OR ABS(CAST(b.tax AS NUMERIC) * o.total - CAST(o.tax AS NUMERIC) * (o.total - b.owed)) > o.total
             OR (b.owed = 0 AND (b.commission <> o.commission OR b.commission_tax <> o.commission_tax OR b.tax <> o.tax)))",
    ),
    (
        "commission or tax of an order differs from its lines",
        "SELECT o.number FROM orders o
         LEFT JOIN (SELECT order_id, SUM(commission) AS commission, SUM(tax) AS tax FROM order_line GROUP BY order_id) i
           ON i.order_id = o.id
         WHERE o.commission <> COALESCE(i.commission, -1) OR o.tax <> COALESCE(i.tax, -1)",
    ),
    (
        "shipping did not pass through to the store",
        "SELECT {id:s.id} FROM store s
         JOIN (SELECT store_id, SUM(amount) AS amount FROM ledger_entry WHERE account = 'shipping' GROUP BY store_id) e ON e.store_id = s.id
         WHERE e.amount <> 0",
    ),
    (
        "payout differs from its ledger entries",
        "SELECT p.number FROM payout p
         LEFT JOIN (SELECT t.reference, SUM(CASE WHEN t.kind = 'payout_requested' THEN -e.amount ELSE 0 END) AS taken,
                           SUM(CASE WHEN t.kind = 'payout_returned' THEN e.amount ELSE 0 END) AS returned,
                           SUM(CASE WHEN t.kind = 'payout_settled' THEN e.amount ELSE 0 END) AS settled
                    FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'payout_transit'
                    GROUP BY t.reference) b ON b.reference = p.number
         WHERE COALESCE(b.taken, 0) <> p.amount
            OR COALESCE(b.returned, 0) + COALESCE(b.settled, 0) <>
               CASE WHEN p.status IN ('refused', 'failed', 'settled') THEN p.amount ELSE 0 END
            OR (COALESCE(b.settled, 0) <> 0 AND p.status NOT IN ('settled', 'failed'))
            OR (COALESCE(b.returned, 0) <> 0 AND p.status NOT IN ('refused', 'failed'))",
    ),
    (
        "money on its way to stores differs from their open payouts",
        "SELECT {id:s.id} FROM store s
         LEFT JOIN (SELECT store_id, -SUM(amount) AS amount FROM ledger_entry WHERE account = 'payout_transit' GROUP BY store_id) e
           ON e.store_id = s.id
         LEFT JOIN (SELECT store_id, SUM(amount) AS amount FROM payout WHERE status IN ('requested', 'approved', 'sent')
                    GROUP BY store_id) p ON p.store_id = s.id
         WHERE COALESCE(e.amount, 0) <> COALESCE(p.amount, 0)",
    ),
    (
        "settlements in the ledger differ from the lines of reports",
        "SELECT {id:x.payment_id} FROM (
             SELECT payment_id, 1 AS n, gross AS amount FROM settlement_line WHERE outcome = 'matched'
             UNION ALL SELECT t.payment_id, -1, e.amount FROM ledger_transaction t
                       JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'gateway_clearing'
                       WHERE t.kind = 'settlement') x
         GROUP BY x.payment_id HAVING SUM(x.n) <> 0 OR SUM(x.amount) <> 0",
    ),
    (
        "line of a report differs from the money it settles",
        "SELECT {id:l.id} FROM settlement_line l
         LEFT JOIN payment_event e ON e.id = l.event_id
         LEFT JOIN (SELECT settlement_line_id, SUM(amount) AS amount FROM (
                      SELECT settlement_line_id, amount FROM refund
                      UNION ALL SELECT settlement_line_id, booked + loss FROM payment_dispute) y
                    WHERE settlement_line_id IS NOT NULL GROUP BY settlement_line_id) b ON b.settlement_line_id = l.id
         WHERE (l.outcome = 'matched') <> (e.id IS NOT NULL OR b.amount IS NOT NULL)
            OR (l.gross < 0 AND l.gross <> -b.amount) OR (e.id IS NOT NULL AND b.amount IS NOT NULL)",
    ),
    (
        "money at a gateway differs from what it took, sent back and paid out",
        "SELECT x.gateway FROM (SELECT gateway, SUM(amount) AS amount FROM (
             SELECT gateway, amount FROM ledger_entry WHERE account = 'gateway_clearing'
             UNION ALL SELECT gateway, -amount FROM payment_event WHERE kind = 'paid' AND outcome NOT IN ('nothing', 'collected')
             UNION ALL SELECT COALESCE(a.gateway, p.gateway), r.amount FROM refund r JOIN payment p ON p.id = r.payment_id
                       LEFT JOIN payment_attempt a ON a.payment_id = p.id AND a.number = r.attempt AND p.attempt <> r.attempt
                       WHERE r.status = 'succeeded' AND (NOT r.is_by_hand OR COALESCE(a.gateway, p.gateway) = 'manual_transfer')
             UNION ALL SELECT e.gateway, d.loss FROM payment_dispute d JOIN payment_event e ON e.id = d.event_id
             UNION ALL SELECT gateway, gross FROM settlement_line WHERE outcome = 'matched') y GROUP BY gateway) x
         WHERE x.amount <> 0",
    ),
    (
        "money at our bank differs from what gateways paid out, less payouts and refunds sent from it",
        "SELECT CAST(x.amount AS TEXT) FROM (SELECT SUM(amount) AS amount FROM (
             SELECT amount FROM ledger_entry WHERE account = 'bank'
             UNION ALL SELECT fee - gross FROM settlement_line WHERE outcome = 'matched'
             UNION ALL SELECT amount FROM payout WHERE status = 'settled'
             UNION ALL SELECT r.amount FROM refund r JOIN payment p ON p.id = r.payment_id
                       LEFT JOIN payment_attempt a ON a.payment_id = p.id AND a.number = r.attempt AND p.attempt <> r.attempt
                       WHERE r.status = 'succeeded' AND r.is_by_hand AND COALESCE(a.gateway, p.gateway) <> 'manual_transfer') y) x
         WHERE x.amount <> 0",
    ),
    (
        "what was booked for disputes differs from their resolutions",
        "SELECT {id:x.payment_id} FROM (
             SELECT payment_id, booked, loss FROM payment_dispute
             UNION ALL SELECT payment_id, -amount, 0 FROM refund WHERE cause LIKE 'dispute:%'
             UNION ALL SELECT t.payment_id, 0, -e.amount FROM ledger_transaction t
                       JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'chargeback_loss') x
         GROUP BY x.payment_id HAVING SUM(x.booked) <> 0 OR SUM(x.loss) <> 0",
    ),
];

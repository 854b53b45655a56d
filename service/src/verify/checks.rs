//! The rules, each as a query that answers one row per disagreement. `{id:column}` stands for a
//! readable form of an id.

/// Rule and query.
pub(super) const CHECKS: &[(&str, &str)] = &[
    (
        "stock level differs from the sum of its movements",
        "SELECT {id:l.variant_id} FROM stock_level l
         LEFT JOIN (SELECT variant_id, warehouse_id, SUM(on_hand_delta) AS on_hand, SUM(reserved_delta) AS reserved
                    FROM stock_movement GROUP BY variant_id, warehouse_id) m
           ON m.variant_id = l.variant_id AND m.warehouse_id = l.warehouse_id
         WHERE l.on_hand <> COALESCE(m.on_hand, 0) OR l.reserved <> COALESCE(m.reserved, 0)",
    ),
    (
        "movements of a stock level that does not exist",
        "SELECT DISTINCT {id:m.variant_id} FROM stock_movement m
         LEFT JOIN stock_level l ON l.variant_id = m.variant_id AND l.warehouse_id = m.warehouse_id
         WHERE l.variant_id IS NULL",
    ),
    (
        "reserved stock differs from the held reservations",
        "SELECT {id:l.variant_id} FROM stock_level l
         LEFT JOIN (SELECT variant_id, warehouse_id, SUM(quantity) AS held FROM reservation
                    WHERE state = 'held' GROUP BY variant_id, warehouse_id) r
           ON r.variant_id = l.variant_id AND r.warehouse_id = l.warehouse_id
         WHERE l.reserved <> COALESCE(r.held, 0)",
    ),
    (
        "reservations do not fit the state of their order",
        "SELECT DISTINCT o.number FROM reservation r
         JOIN order_line i ON i.id = r.order_line_id JOIN orders o ON o.id = i.order_id
         WHERE (r.state = 'held' AND o.status IN ('shipped', 'delivered', 'cancelled'))
            OR (r.state = 'dispatched' AND o.status NOT IN ('shipped', 'delivered'))
            OR (r.state = 'released' AND o.status <> 'cancelled'
                AND NOT EXISTS (SELECT 1 FROM refund_line l JOIN refund f ON f.id = l.refund_id
                                WHERE l.order_line_id = i.id AND f.restock AND f.status IN ('requested', 'sending', 'failed', 'succeeded')))",
    ),
    (
        "stock of a paid order is not held in full",
        "SELECT o.number FROM orders o JOIN order_line i ON i.order_id = o.id
         LEFT JOIN reservation r ON r.order_line_id = i.id
         WHERE o.status IN ('pending', 'processing', 'shipped', 'delivered')
         GROUP BY o.number, i.id, i.quantity HAVING COALESCE(SUM(r.quantity), 0) <> i.quantity",
    ),
    (
        "order total differs from its lines",
        "SELECT o.number FROM orders o
         LEFT JOIN (SELECT order_id, SUM(line_total) AS lines FROM order_line GROUP BY order_id) i ON i.order_id = o.id
         WHERE o.items_total <> COALESCE(i.lines, -1)",
    ),
    (
        "checkout is not whole: no orders, no payment, or a total that differs",
        "SELECT {id:g.id} FROM order_group g
         LEFT JOIN (SELECT group_id, SUM(total) AS total FROM orders GROUP BY group_id) o ON o.group_id = g.id
         LEFT JOIN (SELECT group_id, COUNT(*) AS n, SUM(amount) AS amount FROM payment GROUP BY group_id) p ON p.group_id = g.id
         WHERE COALESCE(o.total, -1) <> g.total OR COALESCE(p.n, 0) <> 1 OR p.amount <> g.total",
    ),
    (
        "payment differs from the sum of its splits",
        "SELECT {id:p.id} FROM payment p
         LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM payment_split GROUP BY payment_id) s ON s.payment_id = p.id
         WHERE p.amount <> COALESCE(s.amount, -1)",
    ),
    (
        "order without its share of a payment",
        "SELECT o.number FROM orders o LEFT JOIN payment_split s ON s.order_id = o.id
         GROUP BY o.number, o.total HAVING COUNT(s.payment_id) <> 1 OR SUM(s.amount) <> o.total",
    ),
    (
        "payment status does not follow from its events",
        "SELECT {id:p.id} FROM payment p
         LEFT JOIN (SELECT payment_id, COUNT(*) AS n FROM payment_event
                    WHERE kind = 'paid' AND outcome = 'settled' GROUP BY payment_id) e ON e.payment_id = p.id
         WHERE p.gateway <> 'cod'
           AND ((p.status IN ('paid', 'partially_refunded', 'refunded')) <> (COALESCE(e.n, 0) = 1) OR COALESCE(e.n, 0) > 1)",
    ),
    (
        "payment in cash does not fit its orders",
        "SELECT {id:p.id} FROM payment p
         JOIN (SELECT s.payment_id, SUM(CASE WHEN o.status = 'delivered' THEN 1 ELSE 0 END) AS delivered,
                      SUM(CASE WHEN o.status IN ('delivered', 'cancelled') THEN 0 ELSE 1 END) AS moving
               FROM payment_split s JOIN orders o ON o.id = s.order_id GROUP BY s.payment_id) n ON n.payment_id = p.id
         WHERE p.gateway = 'cod'
           AND ((p.status = 'pending') <> (n.moving > 0)
             OR (p.status IN ('paid', 'partially_refunded', 'refunded')) <> (n.moving = 0 AND n.delivered > 0))",
    ),
    (
        "cash of a delivered order was not booked once, or that of another order was",
        "SELECT o.number FROM orders o JOIN payment_split s ON s.order_id = o.id JOIN payment p ON p.id = s.payment_id
         LEFT JOIN payment_event e ON e.gateway = 'cod' AND e.gateway_reference = o.number
         LEFT JOIN ledger_transaction t ON t.order_id = o.id AND t.kind = 'cod_collected'
         WHERE (p.gateway = 'cod' AND o.status = 'delivered') <> (t.id IS NOT NULL)
            OR (t.id IS NOT NULL) <> (e.id IS NOT NULL) OR e.amount <> o.total",
    ),
    (
        "cash at the door is still owed by a store",
        "SELECT CAST(SUM(amount) AS TEXT) FROM ledger_entry WHERE account = 'cod_receivable'
         GROUP BY store_id HAVING SUM(amount) <> 0",
    ),
    (
        "order status does not fit its payment",
        "SELECT o.number FROM orders o JOIN payment_split s ON s.order_id = o.id JOIN payment p ON p.id = s.payment_id
         WHERE (o.status IN ('pending', 'processing', 'shipped', 'delivered')
                AND p.gateway <> 'cod' AND p.status NOT IN ('paid', 'partially_refunded', 'refunded'))
            OR (o.status = 'pending_payment' AND p.status <> 'pending')",
    ),
    (
        "paid order was cancelled without a refund",
        "SELECT o.number FROM orders o JOIN payment_split s ON s.order_id = o.id JOIN payment p ON p.id = s.payment_id
         LEFT JOIN refund r ON r.order_id = o.id
         WHERE o.status = 'cancelled' AND p.gateway <> 'cod' AND p.status IN ('paid', 'partially_refunded', 'refunded')
           AND r.id IS NULL",
    ),
    (
        "unexpected money without a refund",
        "SELECT {id:x.payment_id} FROM (
             SELECT payment_id, amount FROM payment_event
                    WHERE kind = 'paid' AND outcome NOT IN ('settled', 'kept', 'collected', 'nothing')
             UNION ALL SELECT payment_id, -amount FROM refund WHERE order_id IS NULL AND status <> 'rejected') x
         GROUP BY x.payment_id HAVING SUM(x.amount) <> 0",
    ),
    (
        "refunded share differs from the refunds carried out",
        "SELECT {id:s.payment_id} FROM payment_split s
         LEFT JOIN (SELECT payment_id, order_id, SUM(amount) AS amount FROM refund
                    WHERE status = 'succeeded' AND order_id IS NOT NULL GROUP BY payment_id, order_id) r
           ON r.payment_id = s.payment_id AND r.order_id = s.order_id
         WHERE s.refunded <> COALESCE(r.amount, 0)",
    ),
    (
        "money set apart differs from the refunds still to be decided or carried out",
        "SELECT {id:s.payment_id} FROM payment_split s
         LEFT JOIN (SELECT payment_id, order_id, SUM(amount) AS amount FROM refund
                    WHERE status IN ('waiting', 'requested', 'sending', 'failed') AND order_id IS NOT NULL GROUP BY payment_id, order_id) r
           ON r.payment_id = s.payment_id AND r.order_id = s.order_id
         WHERE s.refund_held <> COALESCE(r.amount, 0) OR s.refunded + s.refund_held > s.amount",
    ),
    (
        "refund differs from its lines and shipping",
        "SELECT {id:r.id} FROM refund r
         LEFT JOIN (SELECT refund_id, SUM(amount) AS amount FROM refund_line GROUP BY refund_id) l ON l.refund_id = r.id
         WHERE r.reason = 'on_request' AND r.amount <> r.shipping + COALESCE(l.amount, 0)",
    ),
    (
        "more of an order line was refunded than was sold",
        "SELECT DISTINCT o.number FROM order_line i JOIN orders o ON o.id = i.order_id
         JOIN (SELECT l.order_line_id, SUM(CASE WHEN f.restock THEN l.quantity ELSE 0 END) AS put_back, SUM(l.amount) AS amount
               FROM refund_line l JOIN refund f ON f.id = l.refund_id WHERE f.status <> 'rejected' GROUP BY l.order_line_id) r
           ON r.order_line_id = i.id
         WHERE r.put_back > i.quantity OR r.amount > i.line_total + CASE WHEN o.tax_mode = 'added' THEN i.tax ELSE 0 END",
    ),
    (
        "last line of a refund's history is not its status",
        "SELECT {id:r.id} FROM refund r JOIN refund_event e ON e.refund_id = r.id
         WHERE e.status <> r.status AND NOT EXISTS (SELECT 1 FROM refund_event n WHERE n.refund_id = r.id AND n.id > e.id)",
    ),
    (
        "ledger transaction does not balance",
        "SELECT {id:transaction_id} FROM ledger_entry GROUP BY transaction_id HAVING SUM(amount) <> 0",
    ),
    (
        "ledger transaction without entries",
        "SELECT {id:t.id} FROM ledger_transaction t LEFT JOIN ledger_entry e ON e.transaction_id = t.id WHERE e.id IS NULL",
    ),
    (
        "refund payable differs from the refunds still to be carried out",
        "SELECT CAST(x.owed AS TEXT) || ' / ' || CAST(x.refunds AS TEXT) FROM
           (SELECT (SELECT COALESCE(-SUM(amount), 0) FROM ledger_entry WHERE account = 'refund_payable') AS owed,
                   (SELECT COALESCE(SUM(amount), 0) FROM refund WHERE status IN ('requested', 'sending', 'failed')) AS refunds) x
         WHERE x.owed <> x.refunds",
    ),
    (
        "suffixes kept differ from their ledger entries",
        "SELECT CAST(x.booked AS TEXT) || ' / ' || CAST(x.kept AS TEXT) FROM
           (SELECT (SELECT COALESCE(-SUM(amount), 0) FROM ledger_entry WHERE account = 'rounding') AS booked,
                   (SELECT COALESCE(SUM(amount), 0) FROM payment_event WHERE outcome = 'kept') AS kept) x
         WHERE x.booked <> x.kept",
    ),
    (
        "payment that waits for the desk without a proof in its queue",
        "SELECT {id:p.id} FROM payment p LEFT JOIN payment_proof f ON f.payment_id = p.id AND f.status = 'waiting'
         WHERE (p.status = 'awaiting_verification' AND f.id IS NULL)
            OR (p.status = 'pending' AND p.gateway <> 'cod' AND f.id IS NOT NULL)",
    ),
    (
        "line of a bank statement is used without its money in the books, or a proof uses two",
        "SELECT {id:l.payment_id} FROM bank_statement_line l
         LEFT JOIN payment_proof f ON f.id = l.proof_id AND f.status = 'waiting' AND f.half_approved_by IS NOT NULL
         LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM payment_event
                    WHERE gateway = 'manual_transfer' AND kind = 'paid' GROUP BY payment_id) e ON e.payment_id = l.payment_id
         WHERE l.status = 'used' AND f.id IS NULL
         GROUP BY l.payment_id, e.amount HAVING SUM(l.amount) > COALESCE(e.amount, 0)
         UNION ALL
         SELECT {id:f.payment_id} FROM payment_proof f JOIN bank_statement_line l ON l.proof_id = f.id
         GROUP BY f.id, f.payment_id HAVING COUNT(*) > 1",
    ),
    (
        "approved proof whose money is not in the books",
        // A rejected proof with a sum is one that showed too little: that money came as well.
        "SELECT {id:f.payment_id} FROM
           (SELECT payment_id, SUM(received) AS received FROM payment_proof WHERE status IN ('approved', 'rejected')
            GROUP BY payment_id) f
         LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM payment_event
                    WHERE gateway = 'manual_transfer' AND kind = 'paid' GROUP BY payment_id) e ON e.payment_id = f.payment_id
         WHERE COALESCE(e.amount, 0) < f.received",
    ),
    (
        "sales figures of a store differ from its delivered orders less their refunds",
        "SELECT {id:s.id} FROM store s
         LEFT JOIN (SELECT store_id, SUM(revenue) AS revenue, SUM(orders) AS n FROM sales_daily GROUP BY store_id) d
           ON d.store_id = s.id
         LEFT JOIN (SELECT o.store_id, SUM(o.total - COALESCE(r.amount, 0)) AS revenue, COUNT(*) AS n FROM orders o
                    LEFT JOIN (SELECT order_id, SUM(amount) AS amount FROM refund
                               WHERE status IN ('requested', 'sending', 'failed', 'succeeded') GROUP BY order_id) r ON r.order_id = o.id
                    WHERE o.status = 'delivered' GROUP BY o.store_id) o ON o.store_id = s.id
         WHERE COALESCE(d.revenue, 0) <> COALESCE(o.revenue, 0) OR COALESCE(d.n, 0) <> COALESCE(o.n, 0)",
    ),
];

-- Bank transfers, their proofs, and what staff did.

-- What the buyer is to transfer: the amount and a suffix that no other open transfer to the account has.
ALTER TABLE payment ADD COLUMN transfer_account TEXT;
ALTER TABLE payment ADD COLUMN transfer_amount BIGINT;
CREATE UNIQUE INDEX payment_transfer_open ON payment (transfer_account, transfer_amount)
    WHERE transfer_account IS NOT NULL AND status IN ('pending', 'awaiting_verification');

CREATE TABLE payment_proof (
    id {uuid} PRIMARY KEY,
    payment_id {uuid} NOT NULL REFERENCES payment (id),
    file_key TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    -- Difference hash of a picture (64 bits); NULL for PDF.
    picture_hash BIGINT,
    -- Rupiah, as the buyer states it.
    amount BIGINT NOT NULL CHECK (amount > 0),
    sender_name TEXT NOT NULL,
    sender_bank TEXT NOT NULL,
    status TEXT NOT NULL,
    -- Why it was rejected.
    reason TEXT,
    -- Rupiah that really arrived, as the desk found.
    received BIGINT CHECK (received > 0),
    -- The agent who has it in hand, until when.
    claimed_by {uuid} REFERENCES app_user (id),
    claimed_until {time},
    -- First of two approvals, for large amounts.
    half_approved_by {uuid} REFERENCES app_user (id),
    decided_by {uuid} REFERENCES app_user (id),
    decided_at {time},
    submitted_at {time} NOT NULL
);
-- One proof at a time per payment.
CREATE UNIQUE INDEX payment_proof_waiting ON payment_proof (payment_id) WHERE status = 'waiting';
CREATE INDEX payment_proof_queue ON payment_proof (status, submitted_at, id);
CREATE INDEX payment_proof_payment ON payment_proof (payment_id, submitted_at);
CREATE INDEX payment_proof_file ON payment_proof (sha256);
CREATE INDEX payment_proof_decided ON payment_proof (decided_at);

CREATE TABLE audit_entry (
    id {uuid} PRIMARY KEY,
    actor_id {uuid} NOT NULL REFERENCES app_user (id),
    action TEXT NOT NULL,
    -- What it was done to: kind and id.
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    state_before {json} NOT NULL,
    state_after {json} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX audit_entry_subject ON audit_entry (subject, subject_id);
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, id);

-- Names the bank and the columns a statement's lines took their words from; NULL for older statements.
ALTER TABLE bank_statement ADD COLUMN reading TEXT;
CREATE INDEX bank_statement_line_day ON bank_statement_line (booked_on, amount);

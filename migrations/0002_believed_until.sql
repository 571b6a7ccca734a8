-- The last day on which what a service says of taking new people is believed (60 days after it was said).
-- A column, because the directory asks each day which ones are over.
ALTER TABLE service ADD COLUMN believed_until TEXT;
CREATE INDEX service_believed_until ON service (believed_until);

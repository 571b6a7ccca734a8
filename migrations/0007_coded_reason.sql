-- What professionals say by code: why somebody was not eligible, and since which month somebody is waiting (YYYY-MM).
-- Nothing of the person, and nothing in words.
ALTER TABLE report ADD COLUMN barrier TEXT;
ALTER TABLE report ADD COLUMN since TEXT;

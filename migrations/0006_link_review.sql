-- The day on which a link is to be looked at again, while it counts: afterwards it has lapsed. The calendar finds what is
-- due by it.
ALTER TABLE link ADD COLUMN review_on TEXT;
CREATE INDEX link_review_on ON link (review_on);

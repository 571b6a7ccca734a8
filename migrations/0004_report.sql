-- What readers say is wrong with a listing. Nothing of who said it is kept, and the day is as fine as the time is told.
-- `words` are for keepers only and go when the report is closed. `hides` is whether the report took the listing away.
CREATE TABLE report (
    code       TEXT    NOT NULL PRIMARY KEY,
    listing_id TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    words      TEXT,
    state      TEXT    NOT NULL,
    because    TEXT,
    hides      BOOLEAN NOT NULL,
    day        TEXT    NOT NULL
);
CREATE INDEX report_listing ON report (listing_id);
CREATE INDEX report_state ON report (state);

-- A reviewer's request that a listing or a term be looked at, bounded in time. A listing is named by what its source calls
-- it (`service`, `organization`), so that the hold stays when its id changes; a term by its id (`term`, with an empty source).
-- `ground` is a word of a short list; no free words are kept. `ended` is the day on which it ended, by hand or by itself.
CREATE TABLE hold (
    id         TEXT NOT NULL PRIMARY KEY,
    about      TEXT NOT NULL,
    source_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    ground     TEXT NOT NULL,
    role       TEXT NOT NULL,
    since      TEXT NOT NULL,
    until      TEXT NOT NULL,
    ended      TEXT
);
CREATE UNIQUE INDEX hold_open ON hold (about, source_id, name) WHERE ended IS NULL;

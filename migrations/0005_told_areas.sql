-- Every set of areas that was ever told of a listing without a public place, and what such listings hang together by. Rows
-- are never removed: whoever copied the directory has them too. A subject is a digest of what a source calls its record, so
-- that it stays the same when the record is withdrawn, retired or brought in again; a tie is a digest of an organisation,
-- a phone number, a domain, an e-mail address or a link that subjects share. `hidden`: the listing's place is private.
CREATE TABLE told_area (
    subject TEXT    NOT NULL,
    areas   TEXT    NOT NULL,
    hidden  BOOLEAN NOT NULL,
    PRIMARY KEY (subject, areas, hidden)
);
CREATE TABLE told_tie (
    subject TEXT NOT NULL,
    tie     TEXT NOT NULL,
    PRIMARY KEY (subject, tie)
);
CREATE INDEX told_tie_tie ON told_tie (tie);
-- Decisions of the safeguarding role about one record of a source: that its place may be told although its kind puts people
-- at risk (`place`), that it may not (`hide`), that a local number may be shown (`number`). No import changes them.
CREATE TABLE safeguard (
    source_id  TEXT NOT NULL,
    foreign_id TEXT NOT NULL,
    decision   TEXT NOT NULL,
    because    TEXT NOT NULL,
    role       TEXT NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (source_id, foreign_id, decision)
);
-- How often bytes of what was public had to go for good, and up to which of them they have gone from the store's files.
ALTER TABLE directory ADD COLUMN purges_due BIGINT NOT NULL DEFAULT 0;
ALTER TABLE directory ADD COLUMN purges_done BIGINT NOT NULL DEFAULT 0;

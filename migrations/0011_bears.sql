-- Which terms of sources each published listing bears that is open: a term, and its taxonomy, are shown for as long as one does.
-- Written with every write that changes it. `directory.bears_made` says that all listings of a directory from before this table
-- have been looked at; until then every term counts as borne.
CREATE TABLE bears (
    listing_id TEXT NOT NULL,
    term_id    TEXT NOT NULL,
    PRIMARY KEY (listing_id, term_id)
);
CREATE INDEX bears_term ON bears (term_id);
ALTER TABLE directory ADD COLUMN bears_made BOOLEAN NOT NULL DEFAULT FALSE;

-- What each listing shows of its links, a row a link: made with every write of what it is made of, so that a write remakes
-- only the listings that show something else than before, and a network of thousands reads the fifty links that it shows.
-- `own` and `other` are a side's kind and id, `link` the relationship and its direction, `place` where it stands among those
-- of `own` (agreed ones first), `digest` of the bytes that `own` shows of it. `directory.bonds_made` says what made all rows:
-- where that is not this program with its gazetteer, they are made anew.
CREATE TABLE bond (
    own    TEXT NOT NULL,
    other  TEXT NOT NULL,
    link   TEXT NOT NULL,
    place  TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (own, other, link)
);
CREATE INDEX bond_other ON bond (other);
CREATE INDEX bond_place ON bond (own, place);
-- Of organizations with many links: a digest of what all their rows were made of on their own account, so that a write which
-- changes none of it need not read them all.
CREATE TABLE bond_side (
    own    TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL
);
CREATE INDEX link_between ON link (holder_id, other_name);
ALTER TABLE directory ADD COLUMN bonds_made TEXT;

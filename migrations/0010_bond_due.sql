-- Listings with many links of which something has changed that those on the other sides show: these are made anew by and by,
-- some links a transaction. `own` is such a listing's kind and id, `after` the last link that has been looked at.
CREATE TABLE bond_due (
    own   TEXT NOT NULL PRIMARY KEY,
    after TEXT NOT NULL
);

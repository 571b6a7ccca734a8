-- What one listing is to another, as the record of one side states it. The other side is kept by what the source
-- calls it, because it may come later, or go and come back under another id. `other_name` is the id here of a record of
-- another source.
CREATE TABLE link (
    id           TEXT   NOT NULL PRIMARY KEY,
    holder_kind  TEXT   NOT NULL,
    holder_id    TEXT   NOT NULL,
    other_kind   TEXT   NOT NULL,
    other_name   TEXT   NOT NULL,
    relationship TEXT   NOT NULL,
    direction    TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    standing     TEXT   NOT NULL,
    source_id    TEXT   NOT NULL REFERENCES source (id),
    foreign_id   TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    created      TEXT   NOT NULL,
    changed      TEXT   NOT NULL,
    facts        TEXT   NOT NULL,
    extra        TEXT   NOT NULL,
    record       TEXT   NOT NULL,
    UNIQUE (source_id, foreign_id)
);
CREATE INDEX link_holder ON link (holder_id);
CREATE INDEX link_other ON link (other_name);

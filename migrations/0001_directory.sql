-- The directory: records as their sources told them, what readers may see of them, and the order
-- in which both changed. One text for SQLite and PostgreSQL; README.md says what both understand.

-- Exactly one row. Whoever commits holds its lock, so the order of commits is the order of numbers.
CREATE TABLE directory (
    id              TEXT    NOT NULL PRIMARY KEY,
    epoch           TEXT    NOT NULL,
    sequence        BIGINT  NOT NULL,
    public_sequence BIGINT  NOT NULL,
    sample          BOOLEAN NOT NULL,
    created         TEXT    NOT NULL,
    only_row        BOOLEAN NOT NULL DEFAULT TRUE UNIQUE CHECK (only_row)
);

-- Who tells us things, and on what terms.
CREATE TABLE source (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    url         TEXT,
    licence     TEXT,
    attribution TEXT
);

-- One row per aggregate. The record is HSDS as JSON text and is never queried inside: what must be
-- queried has a column. Keys between records are not constraints, because feeds arrive in pieces
-- and in any order, and a piece that never comes must not hold back the others.
CREATE TABLE organization (
    id         TEXT   NOT NULL PRIMARY KEY,
    standing   TEXT   NOT NULL,
    source_id  TEXT   NOT NULL REFERENCES source (id),
    foreign_id TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    created    TEXT   NOT NULL,
    changed    TEXT   NOT NULL,
    facts      TEXT   NOT NULL,
    extra      TEXT   NOT NULL,
    record     TEXT   NOT NULL,
    UNIQUE (source_id, foreign_id)
);

CREATE TABLE service (
    id              TEXT   NOT NULL PRIMARY KEY,
    organization_id TEXT,
    place_mode      TEXT   NOT NULL,
    standing        TEXT   NOT NULL,
    source_id       TEXT   NOT NULL REFERENCES source (id),
    foreign_id      TEXT   NOT NULL,
    revision        BIGINT NOT NULL,
    created         TEXT   NOT NULL,
    changed         TEXT   NOT NULL,
    facts           TEXT   NOT NULL,
    extra           TEXT   NOT NULL,
    record          TEXT   NOT NULL,
    UNIQUE (source_id, foreign_id)
);
CREATE INDEX service_organization ON service (organization_id);

CREATE TABLE location (
    id              TEXT   NOT NULL PRIMARY KEY,
    organization_id TEXT,
    standing        TEXT   NOT NULL,
    source_id       TEXT   NOT NULL REFERENCES source (id),
    foreign_id      TEXT   NOT NULL,
    revision        BIGINT NOT NULL,
    created         TEXT   NOT NULL,
    changed         TEXT   NOT NULL,
    facts           TEXT   NOT NULL,
    extra           TEXT   NOT NULL,
    record          TEXT   NOT NULL,
    UNIQUE (source_id, foreign_id)
);
CREATE INDEX location_organization ON location (organization_id);

CREATE TABLE service_at_location (
    id          TEXT   NOT NULL PRIMARY KEY,
    service_id  TEXT,
    location_id TEXT,
    standing    TEXT   NOT NULL,
    source_id   TEXT   NOT NULL REFERENCES source (id),
    foreign_id  TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created     TEXT   NOT NULL,
    changed     TEXT   NOT NULL,
    facts       TEXT   NOT NULL,
    extra       TEXT   NOT NULL,
    record      TEXT   NOT NULL,
    UNIQUE (source_id, foreign_id)
);
CREATE INDEX service_at_location_service ON service_at_location (service_id);
CREATE INDEX service_at_location_location ON service_at_location (location_id);

CREATE TABLE taxonomy (
    id         TEXT   NOT NULL PRIMARY KEY,
    standing   TEXT   NOT NULL,
    source_id  TEXT   NOT NULL REFERENCES source (id),
    foreign_id TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    created    TEXT   NOT NULL,
    changed    TEXT   NOT NULL,
    facts      TEXT   NOT NULL,
    extra      TEXT   NOT NULL,
    record     TEXT   NOT NULL,
    UNIQUE (source_id, foreign_id)
);

CREATE TABLE taxonomy_term (
    id          TEXT   NOT NULL PRIMARY KEY,
    taxonomy_id TEXT,
    standing    TEXT   NOT NULL,
    source_id   TEXT   NOT NULL REFERENCES source (id),
    foreign_id  TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created     TEXT   NOT NULL,
    changed     TEXT   NOT NULL,
    facts       TEXT   NOT NULL,
    extra       TEXT   NOT NULL,
    record      TEXT   NOT NULL,
    UNIQUE (source_id, foreign_id)
);
CREATE INDEX taxonomy_term_taxonomy ON taxonomy_term (taxonomy_id);

-- What readers were last shown of each listing that was ever public.
CREATE TABLE published (
    listing_id      TEXT    NOT NULL PRIMARY KEY,
    listing_kind    TEXT    NOT NULL,
    digest          TEXT    NOT NULL,
    gone            BOOLEAN NOT NULL,
    public_sequence BIGINT  NOT NULL
);

-- What changed, in the order it was committed: ids, never values. The public number is absent when
-- what readers are shown stayed the same, byte for byte.
CREATE TABLE change_log (
    sequence        BIGINT NOT NULL PRIMARY KEY,
    public_sequence BIGINT,
    listing_id      TEXT   NOT NULL,
    listing_kind    TEXT   NOT NULL,
    action          TEXT   NOT NULL,
    at              TEXT   NOT NULL
);
CREATE INDEX change_log_listing ON change_log (listing_id);
CREATE INDEX change_log_public ON change_log (public_sequence);

-- Who did what: names of operations and counts, never values of a record.
CREATE TABLE audit (
    id      BIGINT NOT NULL PRIMARY KEY,
    at      TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    subject TEXT,
    detail  TEXT   NOT NULL
);
CREATE INDEX audit_subject ON audit (subject);

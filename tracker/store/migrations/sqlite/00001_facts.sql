-- Facts. Rows are added and never changed or deleted, and the database holds to
-- that. Times are microseconds since the Unix epoch in UTC, 0 where unknown; digests
-- are SHA-256 in hexadecimal, '' where unknown; nothing is NULL.

-- +goose Up

-- Who is watched: a project enters a list, or leaves it; the list '' is what was
-- asked for by name. The digest is that of the row.
CREATE TABLE tracked (
    project TEXT NOT NULL,
    cohort  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    change  TEXT NOT NULL CHECK (change IN ('added', 'removed')),
    tool    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (project, cohort, at)
) STRICT, WITHOUT ROWID;

-- A look at a project on an index. The digest is that of the row and of all that
-- the look brought: its rows of file, file_detail and file_event.
CREATE TABLE observation (
    id          INTEGER PRIMARY KEY,
    project     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    source      TEXT NOT NULL,
    tool        TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    etag        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    UNIQUE (project, at, source)
) STRICT;

-- A file, as it was described when it was first seen. An address that ends in a
-- slash is to be followed by the name.
CREATE TABLE file (
    project         TEXT NOT NULL,
    name            TEXT NOT NULL,
    sha256          TEXT NOT NULL,
    version         TEXT NOT NULL,
    size            INTEGER NOT NULL,
    uploaded        INTEGER NOT NULL,
    requires_python TEXT NOT NULL,
    url             TEXT NOT NULL,
    observation     INTEGER NOT NULL REFERENCES observation (id),
    PRIMARY KEY (project, name, sha256)
) STRICT, WITHOUT ROWID;

-- What a later look told of a file that the first did not: only that, the rest is
-- empty.
CREATE TABLE file_detail (
    project         TEXT NOT NULL,
    name            TEXT NOT NULL,
    sha256          TEXT NOT NULL,
    observation     INTEGER NOT NULL REFERENCES observation (id),
    size            INTEGER NOT NULL,
    uploaded        INTEGER NOT NULL,
    requires_python TEXT NOT NULL,
    url             TEXT NOT NULL,
    PRIMARY KEY (project, name, sha256, observation),
    FOREIGN KEY (project, name, sha256) REFERENCES file (project, name, sha256)
) STRICT, WITHOUT ROWID;

-- What happened to a file. That it appeared is told by its row of file.
CREATE TABLE file_event (
    project     TEXT NOT NULL,
    name        TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    observation INTEGER NOT NULL REFERENCES observation (id),
    PRIMARY KEY (project, name, sha256, at, kind),
    FOREIGN KEY (project, name, sha256) REFERENCES file (project, name, sha256)
) STRICT, WITHOUT ROWID;

-- From here on: what was found out, as JSON. The digest is that of the row.
CREATE TABLE metadata (
    project TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    tool    TEXT NOT NULL,
    body    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (project, version, sha256, at)
) STRICT;

CREATE TABLE upstream (
    project    TEXT NOT NULL,
    repository TEXT NOT NULL,
    file       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    tool       TEXT NOT NULL,
    source     TEXT NOT NULL,
    body       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    PRIMARY KEY (project, repository, file, at)
) STRICT;

CREATE TABLE static (
    sha256 TEXT NOT NULL,
    rules  INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    tool   TEXT NOT NULL,
    body   TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (sha256, rules, at)
) STRICT;

CREATE TABLE probe (
    sha256   TEXT NOT NULL,
    python   TEXT NOT NULL,
    platform TEXT NOT NULL,
    at       INTEGER NOT NULL,
    tool     TEXT NOT NULL,
    body     TEXT NOT NULL,
    digest   TEXT NOT NULL,
    PRIMARY KEY (sha256, python, platform, at)
) STRICT;

-- Runs of updaters, and how they ended.
CREATE TABLE run (
    id    INTEGER PRIMARY KEY,
    began INTEGER NOT NULL,
    tool  TEXT NOT NULL,
    what  TEXT NOT NULL
) STRICT;

CREATE TABLE run_end (
    run    INTEGER NOT NULL PRIMARY KEY REFERENCES run (id),
    ended  INTEGER NOT NULL,
    result TEXT NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER tracked_no_update BEFORE UPDATE ON tracked
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tracked_no_delete BEFORE DELETE ON tracked
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER observation_no_update BEFORE UPDATE ON observation
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER observation_no_delete BEFORE DELETE ON observation
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_no_update BEFORE UPDATE ON file
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_no_delete BEFORE DELETE ON file
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_detail_no_update BEFORE UPDATE ON file_detail
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_detail_no_delete BEFORE DELETE ON file_detail
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_event_no_update BEFORE UPDATE ON file_event
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_event_no_delete BEFORE DELETE ON file_event
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER metadata_no_update BEFORE UPDATE ON metadata
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER metadata_no_delete BEFORE DELETE ON metadata
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER upstream_no_update BEFORE UPDATE ON upstream
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER upstream_no_delete BEFORE DELETE ON upstream
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER static_no_update BEFORE UPDATE ON static
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER static_no_delete BEFORE DELETE ON static
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER probe_no_update BEFORE UPDATE ON probe
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER probe_no_delete BEFORE DELETE ON probe
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER run_no_update BEFORE UPDATE ON run
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER run_no_delete BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER run_end_no_update BEFORE UPDATE ON run_end
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER run_end_no_delete BEFORE DELETE ON run_end
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd

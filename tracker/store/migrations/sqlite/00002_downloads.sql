-- +goose Up

-- How often a project was downloaded, as a dated list said: at is the list's date,
-- source the list. The digest is that of the row.
CREATE TABLE downloads (
    project TEXT NOT NULL,
    at      INTEGER NOT NULL,
    source  TEXT NOT NULL,
    count   INTEGER NOT NULL,
    tool    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (project, at, source)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER downloads_no_update BEFORE UPDATE ON downloads
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER downloads_no_delete BEFORE DELETE ON downloads
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
-- +goose StatementEnd

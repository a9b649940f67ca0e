-- +goose Up

-- How often a project was downloaded, as a dated list said: at is the list's date,
-- source the list. The digest is that of the row.
CREATE TABLE downloads (
    project TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    source  TEXT COLLATE "C" NOT NULL,
    count   BIGINT NOT NULL,
    tool    TEXT COLLATE "C" NOT NULL,
    digest  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (project, at, source)
);

CREATE TRIGGER downloads_only_insert BEFORE UPDATE OR DELETE OR TRUNCATE ON downloads
    FOR EACH STATEMENT EXECUTE FUNCTION facts_are_only_added_to();

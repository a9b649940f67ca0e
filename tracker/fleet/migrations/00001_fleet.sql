-- What a fleet keeps beside the jobs, which are River's.

-- +goose Up

-- Who works, so that what they leave undone when they die is done by others.
CREATE TABLE fleet_worker (
    id text PRIMARY KEY,
    name text NOT NULL,
    tool text NOT NULL,
    queues text[] NOT NULL,
    target text NOT NULL, -- the Python and platform that it loads packages in, or ''
    jobs integer NOT NULL,
    started timestamptz NOT NULL DEFAULT now(),
    seen timestamptz NOT NULL DEFAULT now(),
    stopped timestamptz,
    done bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    requests bigint NOT NULL DEFAULT 0,
    waited double precision NOT NULL DEFAULT 0 -- seconds, for leave to ask an index
);

-- When an index may be asked the next time.
CREATE TABLE fleet_pace (
    host text PRIMARY KEY,
    free timestamptz NOT NULL
);

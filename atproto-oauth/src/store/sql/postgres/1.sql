CREATE TABLE atproto_oauth_schema (version bigint NOT NULL);

-- Ids and groups are ordered by their bytes, whatever the language of the database.
CREATE TABLE atproto_oauth_rows (
    kind smallint NOT NULL,
    id text COLLATE "C" NOT NULL CHECK (length(id) BETWEEN 1 AND 2200),
    version bigint NOT NULL CHECK (version > 0),
    group_name text COLLATE "C" NOT NULL CHECK (length(group_name) <= 2200),
    -- Absent where there is no group.
    group_hash bytea CHECK (length(group_hash) = 16),
    -- Seconds since 1970.
    expires_at bigint CHECK (expires_at >= 0),
    value bytea NOT NULL CHECK (length(value) <= 262144),
    PRIMARY KEY (kind, id)
);

-- Sealed values do not compress; trying costs time.
ALTER TABLE atproto_oauth_rows ALTER COLUMN value SET STORAGE EXTERNAL;

CREATE INDEX atproto_oauth_rows_by_group ON atproto_oauth_rows (kind, group_hash, id)
    WHERE group_hash IS NOT NULL;

CREATE INDEX atproto_oauth_rows_by_expiry ON atproto_oauth_rows (expires_at)
    WHERE expires_at IS NOT NULL;

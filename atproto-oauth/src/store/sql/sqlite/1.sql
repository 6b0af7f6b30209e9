CREATE TABLE atproto_oauth_schema (version INTEGER NOT NULL) STRICT;

CREATE TABLE atproto_oauth_rows (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 2200),
    version INTEGER NOT NULL CHECK (version > 0),
    group_name TEXT NOT NULL CHECK (length(group_name) <= 2200),
    -- Absent where there is no group.
    group_hash BLOB CHECK (length(group_hash) = 16),
    -- Seconds since 1970.
    expires_at INTEGER CHECK (expires_at >= 0),
    value BLOB NOT NULL CHECK (length(value) <= 262144),
    PRIMARY KEY (kind, id)
) STRICT;

CREATE INDEX atproto_oauth_rows_by_group ON atproto_oauth_rows (kind, group_hash, id)
    WHERE group_hash IS NOT NULL;

CREATE INDEX atproto_oauth_rows_by_expiry ON atproto_oauth_rows (expires_at)
    WHERE expires_at IS NOT NULL;

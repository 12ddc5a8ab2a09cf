//! Access: the API keys of each source, and the keys that Laurel itself signs with.

crate::dialect::migration!(
    r"
CREATE TABLE api_keys (
    id {uuid} NOT NULL PRIMARY KEY,
    source {text} NOT NULL,
    name {text},
    hash {blob} NOT NULL UNIQUE,
    scopes {text} NOT NULL,
    created_at {int} NOT NULL,
    last_used_at {int},
    revoked_at {int}
) {table};

CREATE TABLE signing_keys (
    id {uuid} NOT NULL PRIMARY KEY,
    purpose {text} NOT NULL,
    secret {blob} NOT NULL,
    created_at {int} NOT NULL,
    retired_at {int}
) {table};
"
);

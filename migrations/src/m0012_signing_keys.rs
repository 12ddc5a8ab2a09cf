//! Of the keys for one purpose one signs: whichever copy makes it first.

crate::dialect::migration!(
    r"
CREATE UNIQUE INDEX signing_keys_current ON signing_keys (purpose) WHERE retired_at IS NULL;
"
);

-- Keys that open an account in the place of its password (WebAuthn).
CREATE TABLE passkey (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  key_json TEXT NOT NULL,
  added_at BIGINT NOT NULL
);
CREATE INDEX passkey_account ON passkey (account_id);

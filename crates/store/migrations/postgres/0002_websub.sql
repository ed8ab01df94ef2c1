-- Subscriptions at WebSub hubs.
CREATE TABLE websub (
  -- The last part of the call-back's path.
  token TEXT PRIMARY KEY,
  -- Nothing: nobody wants it any more; what is left is to tell the hub.
  feed_id BIGINT UNIQUE REFERENCES feed (id) ON DELETE SET NULL,
  hub TEXT NOT NULL,
  topic TEXT NOT NULL,
  secret TEXT NOT NULL,
  state TEXT NOT NULL,
  -- What the hub was asked last.
  asked TEXT,
  -- When the hub is asked next.
  due_at BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  since_at BIGINT,
  until_at BIGINT,
  -- When the feed would be polled without push.
  own_fetch_at BIGINT,
  pushes_until_trusted BIGINT NOT NULL,
  last_push_at BIGINT,
  pushes BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  error TEXT
);
CREATE INDEX websub_due ON websub (due_at);

-- Ways to a reader, or to services that keep articles for them.
CREATE TABLE channel (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  -- What signs webhooks, or opens a service.
  secret TEXT,
  -- By which the owner of an e-mail address agrees.
  code TEXT UNIQUE,
  confirmed BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_success_at BIGINT,
  last_error TEXT
);
CREATE INDEX channel_account ON channel (account_id);

-- What accounts are told of.
CREATE TABLE watch (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  channel_id BIGINT NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  query_json TEXT NOT NULL,
  stop_code TEXT NOT NULL UNIQUE,
  -- The place in the order in which articles were put into stories up to which it looked.
  seen BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX watch_account ON watch (account_id);
CREATE INDEX watch_channel ON watch (channel_id);
CREATE INDEX watch_due ON watch (next_at);

-- What is on its way: written in one transaction with the news of it, taken for a while, sent, ticked off.
CREATE TABLE delivery (
  id BIGINT PRIMARY KEY,
  channel_id BIGINT NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
  watch_id BIGINT REFERENCES watch (id) ON DELETE SET NULL,
  kind TEXT NOT NULL,
  notice_json TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  -- An attempt began and nobody has said how it ended.
  under_way BIGINT NOT NULL,
  -- When it is sent (again), or may be taken from who took it; nothing: no more.
  due_at BIGINT,
  sent_at BIGINT,
  last_error TEXT
);
CREATE INDEX delivery_due ON delivery (due_at);
CREATE INDEX delivery_channel ON delivery (channel_id);

-- Processes that share the work on one database, and who of them does which part of it.
--
-- A part is a shard (0 to 1023: the hash of the host that is fetched) or the grouping of stories (1024). The fence of a
-- lease rises with each new holder; whoever writes under a lease says its fence, so that a process that was
-- thought dead cannot write over its successor. When a lease ends is told by its holder's `expires_at`, by the database's clock.
CREATE TABLE node (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  version TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  beat_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE lease (
  part BIGINT PRIMARY KEY,
  node_id BIGINT,
  fence BIGINT NOT NULL
);
CREATE INDEX lease_node ON lease (node_id);
INSERT INTO lease (part, fence)
  WITH RECURSIVE parts (part) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT part + 1 FROM parts WHERE part < 1024)
  SELECT part, 0 FROM parts;

-- The shard of what is fetched. Empty in rows from before: they get theirs when processes begin to share the work.
ALTER TABLE feed ADD COLUMN shard BIGINT;
ALTER TABLE entry ADD COLUMN shard BIGINT;

-- Hosts that asked to be left alone, whoever of the processes they said it to.
CREATE TABLE held_host (
  host TEXT PRIMARY KEY,
  until_at BIGINT NOT NULL
);

-- The oldest schema whose program may still run beside this one (expand, then contract).
ALTER TABLE schema_version ADD COLUMN oldest BIGINT;

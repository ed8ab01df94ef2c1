-- Whether an article's page carries notes of corrections, so that an outlet's are found without reading its articles.
ALTER TABLE article ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
UPDATE article SET corrected = 1 WHERE details_json LIKE '%"corrections":["%';
CREATE INDEX article_corrected ON article (outlet_id, published_at) WHERE corrected = 1;

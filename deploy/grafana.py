#!/usr/bin/env python3
"""Writes grafana.json beside it: a dashboard over what /metrics gives. Import it in Grafana and choose the Prometheus source."""
import json, os

PANELS = [
    ("Feeds and pages late", "s", [
        ("max(firsthand_feeds_late_seconds)", "feed that waits longest"),
        ("max(firsthand_entries_late_seconds)", "page that waits longest"),
        ("max(firsthand_articles_ungrouped_seconds)", "article without a story"),
    ]),
    ("Waiting", "short", [
        ("max(firsthand_entries_pending)", "pages to fetch"),
        ("max(firsthand_articles_ungrouped)", "articles without a story"),
        ("max(firsthand_stories_stale)", "stories to relate"),
    ]),
    ("Polls a second", "ops", [('sum by (instance) (rate(firsthand_stage_seconds_count{stage="poll"}[5m]))', "{{instance}}")]),
    ("Pages a second", "ops", [('sum by (instance) (rate(firsthand_stage_seconds_count{stage="page"}[5m]))', "{{instance}}")]),
    ("Seconds of a stage, mean", "s", [
        ("sum by (stage) (rate(firsthand_stage_seconds_sum[5m])) / sum by (stage) (rate(firsthand_stage_seconds_count[5m]))", "{{stage}}"),
    ]),
    ("Parts of the work held", "short", [("firsthand_parts", "{{instance}}"), ("max(firsthand_parts_free)", "nobody's")]),
    ("Parts moved", "short", [
        ("sum by (instance) (increase(firsthand_parts_taken_total[5m]))", "to {{instance}}"),
        ("sum by (instance) (increase(firsthand_parts_lost_total[5m]))", "lost under work by {{instance}}"),
    ]),
    ("Processes", "short", [("max(firsthand_nodes)", "at work"), ('count(up{job="firsthand"} == 1)', "answering")]),
    ("Transactions run again", "ops", [("sum by (instance) (rate(firsthand_transactions_met_total[5m]))", "{{instance}}")]),
    ("Copy behind", "s", [("firsthand_replica_lag_seconds", "{{instance}}")]),
    ("Answers a second", "reqps", [("sum by (class) (rate(firsthand_http_responses_total[5m]))", "{{class}}")]),
    ("Stored", "short", [
        ("max(firsthand_articles)", "articles"), ("max(firsthand_stories)", "stories"), ("max(firsthand_feeds)", "feeds"),
        ("max(firsthand_feeds_failing)", "feeds failing"), ("max(firsthand_votes)", "votes"),
    ]),
]


def panel(place, title, unit, queries):
    source = {"type": "prometheus", "uid": "${source}"}
    return {
        "id": place + 1, "type": "timeseries", "title": title, "datasource": source,
        "gridPos": {"h": 8, "w": 8, "x": place % 3 * 8, "y": place // 3 * 8},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": chr(65 + i), "datasource": source, "expr": expr, "legendFormat": legend}
                    for i, (expr, legend) in enumerate(queries)],
    }


dashboard = {
    "title": "firsthand", "uid": "firsthand", "tags": ["firsthand"], "schemaVersion": 39, "editable": True, "refresh": "30s",
    "time": {"from": "now-6h", "to": "now"},
    "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}]},
    "panels": [panel(place, *what) for place, what in enumerate(PANELS)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "grafana.json"), "w") as file:
    json.dump(dashboard, file, indent=1)
    file.write("\n")

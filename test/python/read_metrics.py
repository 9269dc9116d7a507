"""Reads Prometheus' text from stdin with Prometheus' own client, and writes what it understood as JSON."""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

print(
    json.dumps(
        [
            {
                "name": family.name,
                "type": family.type,
                "samples": [[sample.name, sample.labels, str(sample.value)] for sample in family.samples],
            }
            for family in text_string_to_metric_families(sys.stdin.read())
        ]
    )
)

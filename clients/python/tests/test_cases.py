"""clients/cases.json, which the Worker's own core runs too (test/unit/clients/cases.test.ts)."""

import json
import unittest
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from lisbon_client.backoff import Retries, retry_delay_ms
from lisbon_client.breaker import Breaker, Closed, Limits, Permit, admit, is_probing, settle
from lisbon_client.map_entry import Entry
from lisbon_client.plan import plan_candidates
from lisbon_client.resolve_route import Route

Json = dict[str, Any]

CASES: Json = json.loads((Path(__file__).parents[2] / "cases.json").read_text(encoding="utf-8"))


class Story:
    def __init__(self, limits: Json) -> None:
        self.limits = Limits(
            failures_to_open=limits["failuresToOpen"],
            open_ms=limits["openMs"],
            probes_to_close=limits["probesToClose"],
            probe_lease_ms=limits["probeLeaseMs"],
        )
        self.breaker: Breaker = Closed()
        self.permits: dict[str, Permit] = {}

    def ask(self, name: str, now: float) -> bool:
        self.breaker, permit = admit(self.breaker, now, self.limits)
        if permit is not None:
            self.permits[name] = permit
        return permit is not None

    def settle(self, name: str, outcome: str, now: float) -> None:
        self.breaker = settle(self.breaker, self.permits[name], outcome == "failure", now, self.limits)

    def settle_at_once(self, outcome: str, now: float) -> None:
        assert self.ask("at once", now), f"nobody is let through at {now}"
        self.settle("at once", outcome, now)

    def standing(self, now: float) -> Json:
        if isinstance(self.breaker, Closed):
            return {"phase": "closed"}
        phase = "half_open" if is_probing(self.breaker, now) else "open"
        return {"phase": phase, "untilMs": self.breaker.until_ms}


class TheBreaker(unittest.TestCase):
    def test_cases(self) -> None:
        for case in CASES["breaker"]:
            with self.subTest(case["name"]):
                story = Story(case["limits"])
                for step in case["steps"]:
                    self.take(story, step)

    def take(self, story: Story, step: Json) -> None:
        now = step["at"]
        for _ in range(step.get("failures", 0)):
            story.settle_at_once("failure", now)
        for _ in range(step.get("successes", 0)):
            story.settle_at_once("success", now)
        if "ask" in step:
            self.assertEqual(story.ask(step["ask"], now), step["admitted"], step)
        if "settle" in step:
            story.settle(step["settle"], step["as"], now)
        if "then" in step:
            self.assertEqual({**story.standing(now), **step["then"]}, story.standing(now), step)


class TheBackOff(unittest.TestCase):
    def test_cases(self) -> None:
        for case in CASES["backoff"]:
            with self.subTest(case["name"]):
                retries = Retries(case["tries"], case["firstMs"], case["maxMs"])
                for before, kind in enumerate(case["failures"]):
                    delay = retry_delay_ms(kind, before + 1, retries, partial(float, case["random"][before]))
                    expected = case["delaysMs"][before]
                    if expected is None:
                        self.assertIsNone(delay)
                    else:
                        self.assertAlmostEqual(delay or 0, expected)

    def test_the_numbers_are_three_tries_from_200_ms_to_2_s(self) -> None:
        self.assertEqual(asdict(Retries()), {"tries": 3, "first_ms": 200, "max_ms": 2_000})

    def test_what_is_unreachable_is_tried_again_for_a_clients_own_network_may_fail_for_a_moment(self) -> None:
        self.assertEqual(retry_delay_ms("unreachable", 1, Retries(), lambda: 0.5), 100)


class ThePlan(unittest.TestCase):
    def test_cases(self) -> None:
        for case in CASES["plan"]:
            with self.subTest(case["name"]):
                plan = plan_candidates(case["map"], case["environment"], case["request"])
                self.assertEqual([_shown(each) for each in plan.candidates], case["candidates"])
                self.assertEqual({each.id: each.why for each in plan.skipped}, case["skipped"])

    def test_a_key_is_in_no_representation(self) -> None:
        entry: Entry = {"provider": "openai", "model": "m", "headers": {"x-key": "${OPENAI_API_KEY}"}}
        plan = plan_candidates({"hot": [entry]}, {"OPENAI_API_KEY": "sk-secret"}, {"model": "auto"})
        self.assertEqual(len(plan.candidates), 1)
        self.assertNotIn("sk-secret", repr(plan))


def _shown(route: Route) -> Json:
    shown = {"id": route.id, "model": route.model, "baseUrl": route.base_url, "key": route.key}
    return {**shown, "headers": dict(route.headers)}

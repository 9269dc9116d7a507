from concurrent.futures import ThreadPoolExecutor
from threading import Event

from openai import APIStatusError, BadRequestError, InternalServerError, NotFoundError, RateLimitError
from pydantic import BaseModel, ValidationError

from lisbon_client import Limits, OutOfReach, Retries
from tests.scripted_server import BY_LISBON, Handler, answers, completion, hangs, page, refuses, resets, says, sends
from tests.stage import MESSAGES, Stage, ask, words


class WhileLisbonCanBeReached(Stage):
    def test_nobody_else_is_asked(self) -> None:
        self.assertEqual(ask(self.client()), "hello")
        self.assertEqual(self.asked(), (1, 0, 0))
        self.assertEqual(self.lisbon.asked[0].path, "/v1/chat/completions")
        self.assertEqual(self.lisbon.asked[0].headers["authorization"], "Bearer key-of-lisbon")

    def test_the_base_url_may_have_its_version(self) -> None:
        self.lisbon.otherwise = says("hello")
        client = self.client()
        self.assertEqual(str(client.base_url), f"{self.lisbon.url}/v1/")

    def test_a_refusal_of_lisbons_is_obeyed_at_once(self) -> None:
        kinds = {400: BadRequestError, 404: NotFoundError, 429: RateLimitError, 503: InternalServerError}
        for status, kind in kinds.items():
            with self.subTest(status):
                client = self.client()
                self.lisbon.scripts = [refuses(status, {"message": "no", "code": "said_no"}, BY_LISBON)]
                with self.assertRaises(kind) as raised:
                    ask(client)
                self.assertEqual(raised.exception.code, "said_no")
        self.assertEqual(self.asked(), (4, 0, 0))
        self.assertEqual(self.time.slept, [])

    def test_refusals_open_no_breaker(self) -> None:
        client = self.client()
        self.lisbon.scripts = [refuses(503, {"message": "no", "code": "paused"}, BY_LISBON)] * 9
        for _ in range(9):
            with self.assertRaises(APIStatusError):
                ask(client)
        self.assertEqual(ask(client), "hello")

    def test_other_calls_go_the_packages_own_way(self) -> None:
        self.lisbon.scripts = [answers(200, {"object": "list", "data": [{"id": "auto", "object": "model"}]})]
        self.assertEqual([model.id for model in self.client().models.list()], ["auto"])

    def test_a_client_with_other_options_shares_the_breakers(self) -> None:
        client = self.client(limits=Limits(failures_to_open=1), retries=Retries(tries=1))
        self.lisbon.scripts = [resets]
        ask(client)
        ask(client.with_options(timeout=1))
        self.assertEqual(self.asked(), (1, 2, 0))


class WhileLisbonIsOutOfReach(Stage):
    def test_a_provider_is_asked_after_three_tries(self) -> None:
        for name, fault in (("reset", resets), ("530", page(530)), ("522", page(522)), ("500", page(500))):
            with self.subTest(name):
                self.setUp()
                self.lisbon.otherwise = fault
                self.assertEqual(ask(self.client()), "hello")
                self.assertEqual(self.asked(), (3, 1, 0))
                self.assertEqual(self.time.slept, [0.1, 0.2])

    def test_a_refused_connection_is_tried_three_times_too(self) -> None:
        self.lisbon.stop()
        self.assertEqual(ask(self.client()), "hello")
        self.assertEqual(self.time.slept, [0.1, 0.2])

    def test_silence_is_not_waited_for_again(self) -> None:
        self.lisbon.otherwise = hangs
        self.assertEqual(ask(self.client()), "hello")
        self.assertEqual(self.asked(), (1, 1, 0))

    def test_something_that_is_no_completion_is_no_answer(self) -> None:
        self.lisbon.otherwise = page(200)
        self.assertEqual(ask(self.client()), "hello")
        self.assertEqual(self.asked(), (1, 1, 0))

    def test_half_a_json_body_is_no_answer(self) -> None:
        self.lisbon.otherwise = lambda handler: handler.send(200, '{"id": "chatc', "application/json")
        self.assertEqual(ask(self.client()), "hello")
        self.assertEqual(self.asked(), (1, 1, 0))

    def test_one_try_may_be_enough(self) -> None:
        self.lisbon.scripts = [resets]
        self.assertEqual(ask(self.client()), "hello")
        self.assertEqual(self.asked(), (2, 0, 0))
        counts = [handler.headers["x-stainless-retry-count"] for handler in self.lisbon.asked]
        self.assertEqual(counts, ["0", "1"])

    def test_the_provider_gets_its_own_model_key_and_headers_and_nothing_of_lisbons(self) -> None:
        self.lisbon.stop()
        ask(
            self.client(),
            temperature=0.5,
            extra_body={
                "on_cold": "error",
                "callback_url": "https://x.example.com",
                "idempotencyKey": "k",
                "private": True,
                "top_k": 3,
            },
            extra_headers={"x-lisbon-on-cold": "error", "Idempotency-Key": "k", "x-mine": "kept"},
        )
        [handler] = self.first.asked
        self.assertEqual(handler.path, "/v1/chat/completions")
        self.assertEqual(handler.headers["authorization"], "Bearer key-of-one")
        self.assertEqual(handler.headers["x-mine"], "kept")
        self.assertIsNone(handler.headers["x-lisbon-on-cold"])
        self.assertIsNone(handler.headers["idempotency-key"])
        self.assertEqual(handler.body, {"model": "model-1", "messages": MESSAGES, "temperature": 0.5, "top_k": 3})

    def test_what_speaks_another_language_is_passed_over_and_the_log_says_so_once(self) -> None:
        self.lisbon.stop()
        self.first.otherwise = page(500)
        client = self.client()
        with self.assertLogs("lisbon_client") as logged:
            self.assertEqual(ask(client), "hello")
            ask(client)
        self.assertEqual(self.second.asked[0].headers["x-team"], "blue")
        told = [line for line in logged.output if "warm/anthropic/claude" in line]
        self.assertEqual(len(told), 1)
        self.assertIn("api anthropic", told[0])
        self.assertNotIn("key-of", "".join(logged.output))
        self.assertNotIn("hello", "".join(logged.output))

    def test_a_provider_that_lacks_quota_key_or_model_makes_way_for_the_next(self) -> None:
        for status in (401, 402, 403, 404, 429):
            with self.subTest(status):
                self.setUp()
                self.lisbon.stop()
                self.first.otherwise = refuses(status, {"message": "no"})
                self.assertEqual(ask(self.client()), "hello")
                self.assertEqual(self.asked(), (0, 1, 1))

    def test_a_request_that_is_at_fault_itself_is_refused(self) -> None:
        self.lisbon.stop()
        self.first.otherwise = refuses(400, {"message": "no such role"})
        with self.assertRaises(BadRequestError):
            ask(self.client())
        self.assertEqual(self.asked(), (0, 1, 0))

    def test_where_nobody_answers_the_error_says_who_was_asked(self) -> None:
        self.lisbon.otherwise = self.first.otherwise = self.second.otherwise = resets
        with self.assertRaises(OutOfReach) as raised:
            ask(self.client())
        trail = [*["lisbon=reset"] * 3, *["hot/one/model-1=reset"] * 3, *["warm/two/model-2=reset"] * 3]
        self.assertEqual(list(raised.exception.trail), trail)

    def test_a_map_that_is_none_is_refused_at_once(self) -> None:
        for routes in ({"hot": [{"model": "m"}]}, {"hot": ["openai"]}, {"hot": [None]}, ["openai"]):
            with self.subTest(routes), self.assertRaisesRegex(ValueError, "lisbon check"):
                self.client(routes=routes)

    def test_without_a_map_there_is_no_way_round(self) -> None:
        self.lisbon.stop()
        with self.assertRaises(OutOfReach):
            ask(self.client(routes=None))

    def test_what_is_parsed_and_raw_responses_fail_over_too(self) -> None:
        class Greeting(BaseModel):
            word: str

        self.lisbon.stop()
        self.first.otherwise = answers(200, completion('{"word": "hello"}'))
        client = self.client()
        parsed = client.chat.completions.parse(model="auto", messages=MESSAGES, response_format=Greeting)
        self.assertEqual(parsed.choices[0].message.parsed, Greeting(word="hello"))
        raw = client.chat.completions.with_raw_response.create(model="auto", messages=MESSAGES)
        self.assertEqual(raw.parse().choices[0].message.content, '{"word": "hello"}')


class TheWayBack(Stage):
    def test_after_five_failures_lisbon_is_left_alone_for_30_s(self) -> None:
        self.lisbon.otherwise = resets
        client = self.client()
        for _ in range(4):
            ask(client)
        self.assertEqual(self.asked(), (5, 4, 0))

        self.time.now_ms += 29_000
        ask(client)
        self.assertEqual(self.asked(), (5, 5, 0))

    def test_then_one_call_finds_out_and_the_others_follow(self) -> None:
        client = self.client(limits=Limits(failures_to_open=1), retries=Retries(tries=1))
        self.lisbon.scripts = [resets]
        ask(client)
        self.time.now_ms += 30_000
        with self.assertLogs("lisbon_client") as logged:
            self.assertEqual(ask(client), "hello")
        self.assertIn("lisbon is back", "".join(logged.output))
        ask(client)
        self.assertEqual(self.asked(), (3, 1, 0))

    def test_an_answer_that_its_caller_cannot_use_is_one_all_the_same(self) -> None:
        class Greeting(BaseModel):
            word: str

        client = self.client(limits=Limits(failures_to_open=1), retries=Retries(tries=1))
        self.lisbon.scripts = [resets, says("no JSON")]
        ask(client)
        self.time.now_ms += 30_000
        with self.assertRaises(ValidationError):
            client.chat.completions.parse(model="auto", messages=MESSAGES, response_format=Greeting)
        ask(client)
        self.assertEqual(self.asked(), (3, 1, 0))

    def test_a_crowd_sends_one_call_to_find_out(self) -> None:
        client = self.client(limits=Limits(failures_to_open=1), retries=Retries(tries=1), timeout=10)
        asked, answer = Event(), Event()

        def slow(handler: Handler) -> None:
            asked.set()
            answer.wait()
            says("by lisbon")(handler)

        self.lisbon.scripts = [resets, slow]
        ask(client)
        self.time.now_ms += 30_000
        with ThreadPoolExecutor(9) as crowd:
            scout = crowd.submit(ask, client)
            asked.wait()
            others = [each.result() for each in [crowd.submit(ask, client) for _ in range(8)]]
            answer.set()
            self.assertEqual((scout.result(), others), ("by lisbon", ["hello"] * 8))
        self.assertEqual(self.asked(), (2, 9, 0))

    def test_a_call_that_found_nothing_leaves_it_for_as_long_again(self) -> None:
        client = self.client(limits=Limits(failures_to_open=1))
        self.lisbon.otherwise = resets
        ask(client)
        self.time.now_ms += 30_000
        ask(client)
        self.time.now_ms += 29_000
        ask(client)
        self.assertEqual(self.asked(), (2, 3, 0))

    def test_each_provider_has_a_breaker_of_its_own(self) -> None:
        self.lisbon.stop()
        self.first.otherwise = resets
        client = self.client()
        for _ in range(3):
            self.assertEqual(ask(client), "hello")
        self.assertEqual(self.asked(), (0, 5, 3))

    def test_a_provider_that_refuses_our_key_is_there_and_is_asked_again(self) -> None:
        self.lisbon.stop()
        self.first.otherwise = refuses(401, {"message": "no"})
        client = self.client()
        for _ in range(6):
            ask(client)
        self.assertEqual(self.asked(), (0, 6, 6))

    def test_a_stream_finds_the_way_back_too(self) -> None:
        client = self.client(limits=Limits(failures_to_open=1))
        self.lisbon.scripts = [sends("")]
        self.assertEqual("".join(words(client)), "hello")
        self.assertEqual(self.asked(), (1, 1, 0))
        self.time.now_ms += 30_000
        words(client)
        self.assertEqual(self.asked(), (2, 1, 0))

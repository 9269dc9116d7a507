from openai import NotFoundError

from lisbon_client import JobEnded, Parked
from tests.scripted_server import (
    BY_LISBON,
    QUEUED,
    QUEUED_ERROR,
    Script,
    answers,
    chunks,
    completion,
    job,
    page,
    refuses,
    resets,
    sends,
    stream,
)
from tests.stage import MESSAGES, Stage, ask, words

HEADERS = {**BY_LISBON, "x-lisbon-job": "job_1"}
ACCEPTED = answers(202, QUEUED, HEADERS)
ERROR = refuses(503, QUEUED_ERROR, HEADERS)
EVENT = sends(f": queued as job_1\n\n{stream([{'error': QUEUED_ERROR}])}", status=202)
ANSWERED = answers(200, job("answered", answer=completion("hello")))


class AParkedCall(Stage):
    def test_raises_with_its_job(self) -> None:
        for name, parked in (("202", ACCEPTED), ("503", ERROR)):
            with self.subTest(name):
                self.lisbon.scripts = [parked]
                with self.assertRaises(Parked) as raised:
                    ask(self.client())
                self.assertEqual((raised.exception.job_id, raised.exception.retry_after), ("job_1", 5))
                self.assertEqual(raised.exception.notice, "It will be processed shortly.")
        self.assertEqual(self.asked(), (2, 0, 0))

    def test_of_a_stream_raises_before_its_first_chunk(self) -> None:
        for name, parked in (("the event", EVENT), ("503", ERROR)):
            with self.subTest(name):
                self.lisbon.scripts = [parked]
                with self.assertRaises(Parked):
                    self.client().chat.completions.create(model="auto", messages=MESSAGES, stream=True)
        self.assertEqual(self.asked(), (2, 0, 0))

    def test_in_the_middle_of_a_stream_raises_there(self) -> None:
        self.lisbon.scripts = [sends(stream([*chunks("hel"), {"error": QUEUED_ERROR}]))]
        with self.assertRaises(Parked):
            words(self.client(follow_jobs=True))

    def test_raises_where_it_is_parsed_or_raw(self) -> None:
        self.lisbon.scripts = [ERROR, ACCEPTED, ACCEPTED]
        client = self.client(follow_jobs=True)
        with self.assertRaises(Parked):
            client.chat.completions.with_raw_response.create(model="auto", messages=MESSAGES)
        raw = client.chat.completions.with_raw_response.create(model="auto", messages=MESSAGES)
        with self.assertRaises(Parked):
            raw.parse()
        with self.assertRaises(Parked):
            self.client().chat.completions.parse(model="auto", messages=MESSAGES)

    def test_is_followed_to_its_answer(self) -> None:
        for parked in (ACCEPTED, ERROR):
            self.lisbon.scripts = [parked, answers(200, job("queued")), ANSWERED]
            self.assertEqual(ask(self.client(follow_jobs=True)), "hello")
        self.assertEqual(self.time.slept, [1, 1])

    def test_of_a_stream_is_followed_to_its_answer(self) -> None:
        for parked in (EVENT, ERROR):
            self.lisbon.scripts = [parked, ANSWERED]
            self.assertEqual(words(self.client(follow_jobs=True)), ["hello"])

    def test_brings_tool_calls_and_a_finish_reason_as_one_chunk(self) -> None:
        called = completion("")
        call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        called["choices"][0]["message"]["tool_calls"] = [call]
        called["choices"][0]["finish_reason"] = "tool_calls"
        self.lisbon.scripts = [EVENT, answers(200, job("answered", answer=called))]
        stream_of_one = self.client(follow_jobs=True).chat.completions.create(
            model="auto", messages=MESSAGES, stream=True
        )
        [only] = list(stream_of_one)
        self.assertEqual(only.choices[0].finish_reason, "tool_calls")
        [piece] = only.choices[0].delta.tool_calls or []
        self.assertEqual((piece.index, piece.id), (0, "call_1"))


class AJob(Stage):
    def test_is_shown(self) -> None:
        self.lisbon.scripts = [answers(200, job("queued"))]
        shown = self.client().jobs.get("job_1")
        self.assertEqual((shown.status, shown.history[0].reason), ("queued", "parked"))
        self.assertEqual(self.lisbon.asked[0].path, "/v1/jobs/job_1")

    def test_is_cancelled(self) -> None:
        self.lisbon.scripts = [answers(200, job("cancelled"))]
        self.assertEqual(self.client().jobs.cancel("job_1").status, "cancelled")
        self.assertEqual(self.lisbon.asked[0].command, "DELETE")

    def test_that_nobody_knows_is_not_found(self) -> None:
        self.lisbon.scripts = [refuses(404, {"message": "no", "code": "no_such_job"}, BY_LISBON)]
        with self.assertRaises(NotFoundError):
            self.client().jobs.wait("../admin")
        self.assertEqual(self.lisbon.asked[0].path, "/v1/jobs/..%2Fadmin")

    def test_is_waited_for(self) -> None:
        pauses = (0.1, 2, 240)
        self.lisbon.scripts = [*(answers(200, job("queued", retry_after=each)) for each in pauses), ANSWERED]
        answered = self.client().jobs.wait("job_1")
        self.assertEqual(answered.answer and answered.answer.choices[0].message.content, "hello")
        self.assertEqual(self.time.slept, [0.5, 2, 5])

    def test_is_waited_for_while_lisbon_is_out_of_reach(self) -> None:
        client = self.client().with_options(max_retries=0)
        for fault in (resets, page(530)):
            self.lisbon.scripts = [fault, ANSWERED]
            self.assertEqual(client.jobs.wait("job_1").status, "answered")

    def test_that_takes_too_long_is_still_parked(self) -> None:
        self.lisbon.otherwise = answers(200, job("waiting_for_human", retry_after=None))
        with self.assertRaises(Parked) as raised:
            self.client().jobs.wait("job_1", timeout=3)
        self.assertEqual(raised.exception.job_id, "job_1")
        self.assertEqual(sum(self.time.slept), 3)

    def test_that_ends_without_an_answer_raises(self) -> None:
        endings: dict[str, Script] = {
            "dead": answers(200, job("dead")),
            "cancelled": answers(200, job("cancelled")),
            "erased": answers(200, {**job("answered"), "erased": True}),
        }
        for name, ended in endings.items():
            with self.subTest(name):
                self.lisbon.scripts = [ended]
                with self.assertRaises(JobEnded) as raised:
                    self.client().jobs.wait("job_1")
                self.assertEqual(raised.exception.job.id, "job_1")

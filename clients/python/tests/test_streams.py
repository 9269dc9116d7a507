from openai import APIError

from lisbon_client import NotWhole
from tests.scripted_server import BY_LISBON, Script, chunk, chunks, hangs, page, refuses, resets, sends, stream
from tests.stage import MESSAGES, Stage, words

BEGUN = stream(chunks("hel"))
ERROR_EVENT = 'data: {"error":{"message":"It broke off.","type":"upstream_error","param":null,"code":"stream_cut"}}\n\n'


class BeforeTheFirstChunk(Stage):
    def test_whatever_happens_to_the_way_fails_over(self) -> None:
        faults: dict[str, Script] = {
            "reset": resets,
            "reset after the headers": sends("", then=resets),
            "silence": hangs,
            "silence after the headers": sends("", then=hangs),
            "a clean end without a word": sends(""),
            "an end without a word": sends("data: [DONE]\n\n"),
            "half an event": sends('data: {"id":\n\n'),
            "the edge's page": page(530),
        }
        for name, fault in faults.items():
            with self.subTest(name):
                self.setUp()
                self.lisbon.otherwise = fault
                self.assertEqual("".join(words(self.client())), "hello")
                self.assertEqual(len(self.first.asked), 1)

    def test_a_refusal_is_obeyed(self) -> None:
        self.lisbon.otherwise = refuses(503, {"message": "no", "code": "paused"}, BY_LISBON)
        with self.assertRaises(APIError):
            words(self.client())
        self.assertEqual(self.asked(), (1, 0, 0))

    def test_a_provider_that_breaks_off_makes_way_for_the_next(self) -> None:
        self.lisbon.stop()
        self.first.otherwise = sends('data: {"error":{"message":"overloaded"}}\n\n')
        self.assertEqual("".join(words(self.client())), "hello")
        self.assertEqual(len(self.second.asked), 1)


class AfterTheFirstChunk(Stage):
    def test_a_cut_is_an_error_and_nobody_else_is_asked(self) -> None:
        faults: dict[str, Script] = {
            "reset": sends(BEGUN, then=resets),
            "silence": sends(BEGUN, then=hangs),
            "a clean end": sends(BEGUN),
            "an end that claims to be one": sends(BEGUN + "data: [DONE]\n\n"),
            "half an event": sends(BEGUN + 'data: {"id":\n\n'),
            "Lisbon's own word": sends(BEGUN + ERROR_EVENT),
            "one of two choices has ended": sends(stream([_second_choice(), chunk("x", finish_reason="stop")])),
        }
        for name, fault in faults.items():
            for client_name in ("lisbon", "provider"):
                with self.subTest(f"{name}, {client_name}"):
                    self.setUp()
                    if client_name == "lisbon":
                        self.lisbon.otherwise = fault
                    else:
                        self.lisbon.stop()
                        self.first.otherwise = fault
                    with self.assertRaises(NotWhole) as raised:
                        words(self.client())
                    self.assertEqual(raised.exception.code, "stream_cut")
                    self.assertEqual(len(self.lisbon.asked) + len(self.first.asked), 1)
                    self.assertEqual(self.second.asked, [])

    def test_what_came_before_the_cut_was_seen(self) -> None:
        self.lisbon.otherwise = sends(BEGUN, then=resets)
        seen = []
        with self.assertRaises(NotWhole):
            for each in self.client().chat.completions.create(model="auto", messages=MESSAGES, stream=True):
                seen.append(each.choices[0].delta.content)
        self.assertEqual(seen, ["h", "e", "l"])

    def test_the_packages_own_stream_helper_and_raw_responses_see_the_cut_too(self) -> None:
        self.lisbon.otherwise = sends(BEGUN)
        client = self.client()
        with self.assertRaises(NotWhole), client.chat.completions.stream(model="auto", messages=MESSAGES) as events:
            events.get_final_completion()
        raw = client.chat.completions.with_raw_response.create(model="auto", messages=MESSAGES, stream=True)
        with self.assertRaises(NotWhole):
            list(raw.parse())

    def test_a_usage_chunk_may_follow_the_end(self) -> None:
        usage = {**chunk(), "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
        events = stream([*chunks("hello"), chunk(finish_reason="stop"), usage])
        self.lisbon.otherwise = sends(events + "data: [DONE]\n\n")
        with self.client().chat.completions.create(model="auto", messages=MESSAGES, stream=True) as chunks_seen:
            self.assertEqual(len(list(chunks_seen)), 7)


def _second_choice() -> dict[str, object]:
    begun = chunk("y")
    begun["choices"][0]["index"] = 1
    return begun

"""`smart-meet ask`: one question, and a conversation."""

import redis

from stores.embedded import Servers
from tests.app.conftest import Command

FIELDS = "answer known citations supporting_memories relevant_entities intent confidence degraded messages"


def test_an_answer_has_the_agreed_fields_and_cites_the_words(demo: Command):
    ended = demo("ask", "Who owns the Checkout Redesign?", "--json")
    assert ended.code == 0
    output = ended.json
    assert sorted(output) == sorted(FIELDS.split())
    assert output["known"]
    assert "Priya Raman" in output["answer"]
    first = output["citations"][0]
    assert sorted(first) == sorted("memory_id meeting_id title date speaker start utterances quote".split())
    assert "Priya is taking over the Checkout Redesign" in first["quote"]
    assert [message["type"] for message in output["messages"]] == ["human", "ai"]


def test_an_answer_for_a_person_shows_the_words_it_rests_on(demo: Command):
    shown = demo("ask", "Who owns the Checkout Redesign?").out
    assert "Priya Raman" in shown
    assert "[1] Tideway sync 3, 10 Mar 2026, Nora Lindqvist" in shown


def test_an_answer_in_markdown_keeps_its_numbers(demo: Command):
    shown = demo("ask", "--markdown", "Who owns the Checkout Redesign?").out
    assert "(since 10 Mar 2026). [1]" in shown
    assert "\n> [1] Tideway sync 3, 10 Mar 2026, Nora Lindqvist" in shown


def test_a_question_can_be_asked_as_of_a_day(demo: Command):
    output = demo("ask", "Who owns the Checkout Redesign?", "--as-of", "2026-03-01", "--json").json
    assert "Tom Becker" in output["answer"]
    assert "Priya" not in output["answer"]


def test_what_no_meeting_says_is_not_known(demo: Command):
    ended = demo("ask", "What is the status of the Zanzibar Rollout?", "--json")
    assert ended.code == 0
    assert not ended.json["known"]
    assert "ot known" in ended.json["answer"]


def test_a_conversation_understands_follow_ups_and_leaves_no_checkpoint(demo: Command, servers: Servers):
    kept = redis.Redis.from_url(servers.redis_url)
    before = set(kept.keys("smart-meet:checkpoint*"))
    questions = "Who owns the Checkout Redesign?\n\nAnd when is it due?\nexit\nnever asked\n"
    ended = demo("ask", "--json", given=questions)
    assert ended.code == 0
    answers = [row["answer"] for row in ended.rows]
    assert len(answers) == 2
    assert "Priya Raman" in answers[0]
    assert "Checkout Redesign" in answers[1]
    assert "8 May 2026" in answers[1]
    assert set(kept.keys("smart-meet:checkpoint*")) <= before


def test_a_question_that_says_nothing_is_refused(demo: Command):
    ended = demo("ask", " ")
    assert ended.code == 1
    assert len(ended.err.splitlines()) == 1

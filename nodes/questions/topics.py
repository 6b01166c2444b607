"""Which statements are about what a question is about."""

from collections.abc import Sequence

from nodes.query_state import Plan
from nodes.questions.stems import stems
from stores.readings import StatementRow


def about_topic(statements: Sequence[StatementRow], plan: Plan) -> list[StatementRow]:
    """The statements about the topic of a question, or about the part of a known thing that it asks for; all
    when it has no topic."""
    topic = {stem for words in (*plan["topics"], *plan["unknown"][:1]) for stem in stems(words)}
    if not topic or (plan["entities"] and not plan["topics"]):
        return list(statements)
    return [
        statement
        for statement in statements
        if topic & stems(f"{statement['content']} {statement['quote']} {statement['rationale'] or ''}")
    ]

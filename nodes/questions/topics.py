"""Which statements are about what a question is about."""

from collections.abc import Sequence

from nodes.query_state import Plan
from nodes.questions.stems import stems
from stores.readings import StatementRow


def about_topic(statements: Sequence[StatementRow], plan: Plan) -> list[StatementRow]:
    """The statements about the topic of a question that names no known thing; all when it has no topic."""
    if plan["entities"] or not plan["unknown"]:
        return list(statements)
    topic = stems(plan["unknown"][0])
    return [
        statement
        for statement in statements
        if topic & stems(f"{statement['content']} {statement['quote']} {statement['rationale'] or ''}")
    ]

"""Whether what was never said is answered "not known", and what that costs among what was: LoCoMo.

    python -m benchmarks.abstention --data DIR [--limit N] [--cache FOLDER] [--show] [--model]

Every conversation goes in through the product's own ingestion and every question through the query graph,
both without a model. The adversarial questions ask for what nobody said (mostly of the wrong person) and must
be answered "not known"; the others have an answer, and are lost where it is "not known". `cited` counts the
others of which a citation covers evidence: what is answered is not always what answers. `halves` gives the
same for the first half of the conversations, which the rules were made with, and for the other.

`--model` asks everything once more through the model path (plan, synthesize, verify), of a scripted model
that believes every question (`benchmarks.credulous_reader`): of its answers `released` passed verify, and of
those `stopped` nothing did, so that the rules answered. It measures verify, and no model.
"""

import asyncio
import json
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.asking import Answer, answers_to, ingested, parser_of
from benchmarks.credulous_reader import credulous_reader
from benchmarks.retrieval import database
from benchmarks.retrieval_sets import Case, Corpus, locomo
from stores.embedded import stop_servers
from stores.opening import close_stores, open_stores

ADVERSARIAL = "adversarial"


@dataclass(frozen=True, slots=True)
class Answered:
    """How one question of a workspace was answered."""

    workspace: str
    case: Case
    answer: Answer

    @property
    def is_cited(self) -> bool:
        """Whether it is answered, and with evidence."""
        return self.answer.known and not self.case.evidence.isdisjoint(self.answer.cited)


def main() -> None:
    """Parse the arguments, measure, print a table and, as the last line, one JSON object."""
    parser = parser_of(__doc__, "locomo_retrieval/", "conversations", "question that went wrong")
    parser.add_argument("--model", action="store_true", help="also ask through the model path")
    arguments = parser.parse_args()
    corpora = list(locomo(arguments.data))[: arguments.limit]
    impossible = adversarial(arguments.data)
    cases = {corpus.workspace: [*impossible.get(corpus.workspace, ()), *corpus.cases] for corpus in corpora}
    with tempfile.TemporaryDirectory() as home:
        with database(home):
            runs = asyncio.run(measure(corpora, cases, arguments.cache, with_model=arguments.model))
        stop_servers()
    if arguments.show:
        for one in runs["rules"]:
            if one.answer.known == (one.case.kind == ADVERSARIAL):
                print(f"{one.case.kind}? {one.case.question}\n{one.answer.text}\n")
    design = {corpus.workspace for corpus in corpora[: (len(corpora) + 1) // 2]}
    figures = summary(runs["rules"])
    figures["halves"] = {
        half: summary([one for one in runs["rules"] if (one.workspace in design) == is_design])
        for half, is_design in (("design", True), ("held_out", False))
    }
    Console().print(table(figures))
    if arguments.model:
        figures["model"] = summary(runs["model"]) | {"checked": checked(runs["model"])}
        Console().print(table(figures["model"]))
    print(json.dumps(figures))


def adversarial(data: Path) -> Mapping[str, Sequence[Case]]:
    """The questions that nothing answers, by workspace."""
    asked: dict[str, list[Case]] = defaultdict(list)
    file = data / "locomo_retrieval/dev/questions_adversarial.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        case = Case(ADVERSARIAL, question["question"], frozenset())
        asked[f"locomo {question['conversation_id']}"].append(case)
    return asked


async def measure(
    corpora: Sequence[Corpus], cases: Mapping[str, Sequence[Case]], cache: Path | None, *, with_model: bool
) -> dict[str, list[Answered]]:
    """Ingest every conversation and ask all its questions, by the rules, and if asked with the model."""
    await ingested(await open_stores(), corpora, cache)
    asked = {workspace: [case.question for case in of] for workspace, of in cases.items()}
    answers = {"rules": await answers_to(corpora, asked)}
    if with_model:
        with credulous_reader():
            answers["model"] = await answers_to(corpora, asked)
    await close_stores()
    return {
        way: [
            Answered(workspace, case, answer)
            for workspace, of in given.items()
            for case, answer in zip(cases[workspace], of, strict=True)
        ]
        for way, given in answers.items()
    }


def summary(answered: Sequence[Answered]) -> dict[str, Any]:
    """[not known, asked] of the adversarial ones; lost, cited and asked of each kind of the others."""
    by_kind: dict[str, list[Answered]] = defaultdict(list)
    for one in answered:
        by_kind[one.case.kind].append(one)
    never = by_kind.pop(ADVERSARIAL, [])
    by_kind["all"] = [one for one in answered if one.case.kind != ADVERSARIAL]
    return {
        "adversarial": [sum(not one.answer.known for one in never), len(never)],
        "answerable": {
            kind: {
                "lost": sum(not one.answer.known for one in of),
                "cited": sum(one.is_cited for one in of),
                "asked": len(of),
            }
            for kind, of in by_kind.items()
        },
    }


def checked(answered: Sequence[Answered]) -> dict[str, dict[str, int]]:
    """How many answers of the model verify let through and stopped, where there is an answer or none."""
    ways = {"adversarial": True, "answerable": False}
    return {
        kind: {
            "released": sum(_is_of_model(one) for one in answered if _is_impossible(one) == is_never),
            "stopped": sum(one.answer.degraded for one in answered if _is_impossible(one) == is_never),
        }
        for kind, is_never in ways.items()
    }


def _is_impossible(one: Answered) -> bool:
    return one.case.kind == ADVERSARIAL


def _is_of_model(one: Answered) -> bool:
    """Whether a released answer is the model's: it tells who "said:" a whole passage."""
    return one.answer.known and not one.answer.degraded and " said: “" in one.answer.text


def table(figures: Mapping[str, Any]) -> Table:
    """One row a kind."""
    shown = Table("questions", "asked", "not known", "share", "evidence cited")
    unknown, asked = figures["adversarial"]
    shown.add_row("adversarial", str(asked), str(unknown), f"{unknown / asked:.2f}", "")
    for kind, of in figures["answerable"].items():
        lost = of["lost"] / of["asked"] if of["asked"] else 0.0
        shown.add_row(kind, str(of["asked"]), str(of["lost"]), f"{lost:.2f}", str(of["cited"]))
    return shown


if __name__ == "__main__":
    main()

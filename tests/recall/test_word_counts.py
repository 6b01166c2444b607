"""How rare a word is: kept in step with the memories, whatever happens to them."""

from stores.database import fetch
from stores.opening import Stores
from stores.recall import question_terms
from tests.query.builder import Said, Workspace

_COUNTED = b"""
select l.lexeme, count(*) as memories
from memories
cross join unnest(tsvector_to_array(lexical)) l (lexeme)
where workspace_id = %(workspace_id)s and retracted_at is null
group by l.lexeme
"""


async def kept(workspace: Workspace) -> dict[str, int]:
    """The counts that are kept, without those that fell to nothing."""
    rows = await workspace.stores.database.rows(
        b"select lexeme, memories from lexeme_counts where workspace_id = %(workspace_id)s and memories <> 0",
        workspace_id=workspace.id,
    )
    return {row["lexeme"]: row["memories"] for row in rows}


async def counted(workspace: Workspace) -> dict[str, int]:
    """The counts of the memories themselves."""
    rows = await workspace.stores.database.rows(_COUNTED, workspace_id=workspace.id)
    return {row["lexeme"]: row["memories"] for row in rows}


async def change(workspace: Workspace, statement: bytes) -> None:
    """Run one statement on the workspace."""
    async with workspace.stores.database.transaction() as connection:
        await fetch(connection, statement, {"workspace_id": workspace.id})


async def harbour(stores: Stores) -> Workspace:
    """A workspace of two meetings, beside another that uses the same words."""
    workspace = Workspace(stores, "harbour")
    await workspace.meeting("First", "2026-02-03", Said("Nora", "The crane is slow."), Said("Tom", "Slow?"))
    await workspace.meeting("Second", "2026-02-10", Said("Nora", "A new crane comes."))
    await Workspace(stores, "airport").meeting("First", "2026-02-03", Said("Ida", "The crane is slow."))
    return workspace


async def test_the_counts_follow_memories_that_come_are_retracted_and_go(stores: Stores) -> None:
    workspace = await harbour(stores)
    assert (await kept(workspace))["crane"] == 2
    for statement in (
        b"update memories set retracted_at = now() where workspace_id = %(workspace_id)s and content ~ 'new'",
        b"update memories set retracted_at = null where workspace_id = %(workspace_id)s",
        b"update memories set content = 'A ship.' where workspace_id = %(workspace_id)s and content ~ 'new'",
        b"delete from memories where workspace_id = %(workspace_id)s and content ~ 'Slow'",
    ):
        await change(workspace, statement)
        assert await kept(workspace) == await counted(workspace)


async def test_a_workspace_that_goes_takes_its_counts_with_it(stores: Stores) -> None:
    workspace = await harbour(stores)
    await change(workspace, b"delete from workspaces where id = %(workspace_id)s")
    assert await kept(workspace) == {}


async def test_the_words_of_a_question_weigh_by_their_rarity_in_the_workspace_alone(stores: Stores) -> None:
    workspace = await harbour(stores)
    terms = await question_terms(stores.database, workspace.id, "Is the new crane a dinosaur?")
    assert terms.memories == 3
    assert terms.weights["dinosaur"] > terms.weights["new"] > terms.weights["crane"]
    assert terms.rare == ("new", "crane")


async def test_an_empty_workspace_has_terms_without_candidates(stores: Stores) -> None:
    terms = await question_terms(stores.database, Workspace(stores, "nobody").id, "cranes")
    assert (terms.memories, terms.rare) == (0, ())

"""Committed meeting versions, by id."""

from stores.database import Database, Row


async def version_result(database: Database, scope: str, version_id: str) -> Row | None:
    """`meeting_id` and `result` of a committed version; None when it is not committed."""
    return await database.row(
        b"select meeting_id, result from meeting_versions "
        b"where workspace_id = %(workspace_id)s and id = %(id)s",
        workspace_id=scope,
        id=version_id,
    )

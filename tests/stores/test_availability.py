"""What is said when PostgreSQL refuses, by its SQLSTATE; a wrong statement is not taken for it."""

import psycopg
import pytest
from psycopg.errors import ProgramLimitExceeded

from stores.embedded import Servers
from stores.errors import ServerUnavailableError
from stores.opening import Stores
from stores.schema import migrate
from tests.ingest import databases

SENTENCES = {
    "08006": "PostgreSQL does not answer (told so): check that it runs",
    "25006": "PostgreSQL takes no writes (told so): it is a standby",
    "25P03": "PostgreSQL allows a statement too little time (told so): raise its statement_timeout",
    "40001": "PostgreSQL took the work back (told so): do the same again",
    "42501": "PostgreSQL forbids what is to be done (told so): give the role",
    "53100": "PostgreSQL's disk is full (told so): free some space",
    "53200": "PostgreSQL has no memory left (told so): give it more",
    "53300": "PostgreSQL has no connection left (told so): end what else uses it",
    "53400": "PostgreSQL has too little of something (told so): see its log",
    "57014": "PostgreSQL allows a statement too little time (told so): raise",
    "57P01": "PostgreSQL ended the connection (told so): check that it runs",
    "58030": "PostgreSQL cannot use its files (told so): see its disk",
    "XX002": "PostgreSQL cannot use its files (told so): see its disk",
}
OF_STATEMENTS = ("22001", "23505", "38000", "42601", "54001", "55000", "P0001", "XX000")


async def test_trouble_of_the_server_is_one_sentence(stores: Stores) -> None:
    for sqlstate, sentence in SENTENCES.items():
        with pytest.raises(ServerUnavailableError) as told:
            await stores.database.rows(_raising(sqlstate))
        assert str(told.value).startswith(sentence)


async def test_what_is_wrong_with_a_statement_is_told_as_it_is(stores: Stores) -> None:
    for sqlstate in OF_STATEMENTS:
        with pytest.raises(psycopg.Error, match="told so") as told:
            await stores.database.rows(_raising(sqlstate))
        assert told.value.sqlstate == sqlstate
    # a value that is too long for its index
    with pytest.raises(ProgramLimitExceeded, match="index row"):
        await stores.database.rows(
            b"insert into workspaces (id, name)"
            b" select gen_random_uuid(), string_agg(md5(n::text), '') from generate_series(1, 300) n"
        )


def test_a_database_that_takes_no_writes_cannot_be_made_ready(servers: Servers) -> None:
    url = databases.copy_of(servers.database_url, "template0")
    with pytest.raises(ServerUnavailableError, match="PostgreSQL takes no writes"):
        migrate(f"{url}&options=-cdefault_transaction_read_only%3Don")
    databases.drop(servers.database_url, url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://127.0.0.1:1/nowhere", r"PostgreSQL does not answer \(.*refused"),
        ("no address", r"PostgreSQL does not answer \(missing"),
    ],
)
def test_an_address_where_no_server_is_is_told(url: str, sentence: str) -> None:
    with pytest.raises(ServerUnavailableError, match=sentence):
        migrate(url)


def _raising(sqlstate: str) -> bytes:
    return f"do $$ begin raise exception 'told so' using errcode = '{sqlstate}'; end $$".encode()

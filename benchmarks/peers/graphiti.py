"""Graphiti over an embedded Kuzu, driven by benchmarks.peers.running; needs nothing of this project.

python graphiti.py BASE_URL DIMENSIONS
"""

import asyncio
import json
import logging
import os
import sys
from datetime import datetime

BASE_URL, DIMENSIONS = sys.argv[1], int(sys.argv[2])
os.environ |= {"GRAPHITI_TELEMETRY_ENABLED": "false", "OPENAI_API_KEY": "x", "EMBEDDING_DIM": str(DIMENSIONS)}
logging.disable(logging.CRITICAL)

try:
    from graphiti_core import Graphiti
    from graphiti_core.cross_encoder.openai_reranker_client import OpenAIRerankerClient
    from graphiti_core.driver.driver import GraphProvider
    from graphiti_core.driver.kuzu_driver import KuzuDriver
    from graphiti_core.embedder.openai import OpenAIEmbedder, OpenAIEmbedderConfig
    from graphiti_core.graph_queries import get_fulltext_indices
    from graphiti_core.llm_client.config import LLMConfig
    from graphiti_core.llm_client.openai_generic_client import OpenAIGenericClient
    from graphiti_core.nodes import EpisodeType
except ImportError as error:
    print(json.dumps({"missing": f"graphiti-core[kuzu] is not installed ({error})"}))
    sys.exit()

_COUNTS = {"episodes": "Episodic", "entities": "Entity", "facts": "RelatesToNode_"}


async def main() -> None:
    """Take meetings from standard input until it ends."""
    driver = KuzuDriver(db="graph")
    driver._database = ""  # it is asked for, and Kuzu's driver has none
    model = LLMConfig(api_key="x", base_url=BASE_URL, model="scripted-chat", small_model="scripted-chat")
    vectors = OpenAIEmbedderConfig(api_key="x", base_url=BASE_URL, embedding_dim=DIMENSIONS)
    graphiti = Graphiti(
        graph_driver=driver,
        llm_client=OpenAIGenericClient(model),
        embedder=OpenAIEmbedder(vectors),
        cross_encoder=OpenAIRerankerClient(model),
    )
    await graphiti.build_indices_and_constraints()
    for query in get_fulltext_indices(GraphProvider.KUZU):  # Kuzu's are not made by the above
        await driver.execute_query(query)
    _say({"ready": True})
    number = 0
    while line := await asyncio.to_thread(sys.stdin.readline):
        meeting, number = json.loads(line), number + 1
        await graphiti.add_episode(
            name=f"meeting {number}",
            episode_body=meeting["text"],
            source=EpisodeType.message,
            source_description="meeting",
            reference_time=datetime.fromisoformat(meeting["date"]),
        )
        _say({name: await _count(driver, label) for name, label in _COUNTS.items()})


async def _count(driver: KuzuDriver, label: str) -> int:
    rows, _, _ = await driver.execute_query(f"MATCH (n:{label}) RETURN count(n) AS c")
    return rows[0]["c"]


def _say(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)


asyncio.run(main())

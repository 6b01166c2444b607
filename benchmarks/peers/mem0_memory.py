"""Mem0 over an embedded Qdrant, driven by benchmarks.peers.running; needs nothing of this project.

python mem0_memory.py BASE_URL DIMENSIONS
"""

import json
import logging
import os
import sys
from pathlib import Path

BASE_URL, DIMENSIONS = sys.argv[1], int(sys.argv[2])
os.environ |= {"MEM0_TELEMETRY": "False", "OPENAI_API_KEY": "x", "MEM0_DIR": "home"}
Path("home").mkdir()
logging.disable(logging.CRITICAL)

try:
    from mem0 import Memory
except ImportError as error:
    print(json.dumps({"missing": f"mem0ai is not installed ({error})"}))
    sys.exit()

endpoint = {"api_key": "x", "openai_base_url": BASE_URL}
memory = Memory.from_config(
    {
        "llm": {"provider": "openai", "config": endpoint | {"model": "scripted-chat"}},
        "embedder": {
            "provider": "openai",
            "config": endpoint | {"model": "scripted-embeddings", "embedding_dims": DIMENSIONS},
        },
        "vector_store": {
            "provider": "qdrant",
            "config": {
                "path": "vectors",
                "collection_name": "meetings",
                "embedding_model_dims": DIMENSIONS,
                "on_disk": True,
            },
        },
        "history_db_path": "home/history.db",
    }
)
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    memory.add(json.loads(line)["text"], user_id="team")
    held = memory.get_all(filters={"user_id": "team"}, top_k=10_000)["results"]
    print(json.dumps({"memories": len(held)}), flush=True)

"""The bundled model keeps to itself: its runtime, left alone, reports to its maker."""

import os
import subprocess
import sys
from pathlib import Path

_EMBED = """
import asyncio
from stores.embeddings import embedding_model
from stores.settings import Settings

asyncio.run(embedding_model(Settings()).embeddings.aembed_query("hello"))
"""


def test_the_bundled_model_reports_to_nobody_and_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    foreign = ("ORT_", "XDG_", "OPENAI_", "SMART_MEET_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    # what it would send it first writes down there, with an id for this computer
    subprocess.run([sys.executable, "-c", _EMBED], env={**inherited, "HOME": str(tmp_path)}, check=True)
    assert not list(tmp_path.iterdir())

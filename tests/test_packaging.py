"""The pins, the README's commands and the rules of the repository."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PINS = {
    canonicalize_name(pin.name): pin
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if (pin := Requirement(line))
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASKED = [
    *PROJECT["dependencies"],
    *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
]


@pytest.mark.parametrize("line", ASKED)
def test_every_dependency_is_pinned_within_its_range(line: str) -> None:
    asked = Requirement(line)
    pin = PINS[canonicalize_name(asked.name)]
    [specifier] = pin.specifier
    assert specifier.operator == "=="
    assert Version(specifier.version) in asked.specifier


def test_constraints_hold_pins_and_nothing_else() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert not re.search(r"https?://|file:|@|--|#|sha256", text)
    assert all(len(pin.specifier) == 1 for pin in PINS.values())


def test_the_readme_gives_two_commands_first() -> None:
    commands = re.findall(r"^pip install .*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert commands[0] == "pip install -c constraints.txt -e '.[server]' && smart-meet demo"
    assert commands[1] == "pip install -c constraints.txt -e '.[server,test]' && python -m pytest"


def test_imports_run_one_way() -> None:
    allowed = {"app": {"app", "graphs", "nodes", "stores"}, "graphs": {"graphs", "nodes", "stores"}}
    allowed |= {"nodes": {"nodes", "stores"}, "stores": {"stores"}}
    for package, may_import in allowed.items():
        for file in (ROOT / package).rglob("*.py"):
            imported = set(re.findall(r"^\s*(?:from|import) (\w+)", file.read_text(), re.MULTILINE))
            assert imported & allowed.keys() <= may_import, f"{file.relative_to(ROOT)} imports upwards"


def test_no_module_has_a_name_that_says_nothing() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in tracked if re.search(r"(^|/)(utils?|helpers?|common|misc)\.py$", name)]

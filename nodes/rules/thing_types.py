"""What kind of thing a name names, told by its head noun or its form."""

import re

_HEADS = {
    "system": "api service database server platform gateway backend cluster pipeline infrastructure "
    "website network testnet devnet mainnet app application warehouse queue broker portal node "
    "client sdk cache storage frontend engine bot registry store scheduler proxy endpoint "
    "controller",
    "milestone": "release launch phase milestone sprint beta alpha mvp rollout go-live fork upgrade wave "
    "iteration stage cutover deployment kickoff pilot",
    "task": "ticket task bug fix bugfix hotfix cleanup",
    "project": "project redesign migration program programme initiative rewrite integration refactor "
    "overhaul revamp replatforming transition rebuild consolidation modernisation modernization "
    "renovation campaign audit",
    "feature": "feature flow screen page button dashboard search opcode precompile export import login "
    "checkout wizard widget menu mode form filter notification notifications control display",
    "team": "team squad crew guild department committee",
    "organization": "inc ltd gmbh corp bank foundation university company agency council association labs",
    "deliverable": "report document documentation spec specification plan deck presentation contract "
    "prototype proposal handbook guide manual brochure policy agreement slides paper",
    "metric": "rate score kpi latency throughput uptime revenue churn margin nps coverage",
    "technology": "framework protocol language library algorithm sensor battery chip recognition",
    "goal": "goal objective okr target",
    "deadline": "deadline",
}  # fmt: skip
_TYPE_BY_HEAD = {head: kind for kind, heads in _HEADS.items() for head in heads.split()}
_CODE = re.compile(r"([A-Z]+)-\d+")
# Codes with these number the proposals of a community, not the tickets of a team.
PROPOSAL_PREFIXES = frozenset({"EIP", "ERC", "RIP", "RFC", "PEP", "BIP"})


def type_of(name: str) -> str:
    """The entity type that a name's head word tells, project for other capitalised names, else feature."""
    if code := _CODE.fullmatch(name):
        return "feature" if code.group(1) in PROPOSAL_PREFIXES else "task"
    return _kind_of_head(name) or ("project" if name[:1].isupper() else "feature")


def names_a_kind(name: str) -> bool:
    """Whether the head word of a name tells a type."""
    return _kind_of_head(name) is not None


def _kind_of_head(name: str) -> str | None:
    words = [word.lower() for word in name.split()]
    for word in reversed(words):
        if any(character.isdigit() for character in word):
            if word.startswith("v"):
                return "milestone"
            continue
        return _TYPE_BY_HEAD.get(word) or _TYPE_BY_HEAD.get(word.removesuffix("s"))
    return None

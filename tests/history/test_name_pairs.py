"""What two names are without a model: one thing, two, or for a judge to say; no wrong merge among them."""

import pytest

from nodes.callings import Calling, Callings
from nodes.names import entity_key, look_alike, may_merge

# thing / thing unless a type is given: "person: Anna Lee"
SAME = """
EIP-7805 | EIP 7805
EIP-7805 | eip7805
EIP-7805 | E I P 7805
EIP-7805 | E.I.P. 7805
EIP-7805 | EIP 7, 8, 0, 5
EIP-7805 | Eip 7, 8 0. 5
EIP-7805 | 7, 8 0. 5
EIP-7805 | 7805
EIP-7805 | 78 05
EIP-7907 | 7, 9, 0. 7
EIP-7907 | seven nine zero seven
EIP-7923 | Eip 79, 23
EIP-7918 | 7, 9, 18
EIP-6110 | 61 10
EIP-7825 | EIP seventy-eight twenty-five
RIP-7212 | Rip 7, 2, 1, 2
ERC-4337 | 4,337
JIRA-12 | jira 12
JIRA-1204 | Jira 1204
Phase 1 | phase one
Phase 1 | the Phase 1
Sprint Twenty Five | sprint 25
Checkout Redesign | the checkout redesign
Checkout Redesign | checkout-redesign
Checkout Redesign | Checkout_Redesign
Checkout Redesign | “Checkout Redesign”
checkout's | Checkout
R&D | R and D
v2.3 | V 2.3
Issue #12 | issue 12
ＡＰＩ | api
node.js | Node.js
C++ | c++
person: Anna Lee | person: anna lee
person: Dr. Anna Lee | person: Anna Lee (Acme)
person: Lee, Anna | person: Anna Lee
person: Anna Lee, PhD | person: Anna Lee | Acme
team: Platform Team | organization: the platform team
"""
DIFFERENT = """
API | API Migration
API Gateway | API Gateway Migration
Kubernetes | Kubernetes 1.29
Checkout | Checkout Redesign
Search | Search Index
Payments | Payments Dashboard
Fusaka | Fusaka scope
EOF | EOF devnet-2 EIPs
PeerDAS | PeerDAS devnets
Mobile App | Mobile App Login
Data Lake | Data Lake House
Onboarding | Onboarding Emails
Billing | Billing Export
EIP-7702 | EIP-7702 receipt change
Phase 1 | Phase 2
Phase 1 | Phase 11
Phase 1.1 | Phase 11
Phase II | Phase III
Phase one | Phase two
Sprint 12 | Sprint 13
Release 2.3 | Release 2.30
v2.3 | v23
Plan A | Plan B
Option A | Option D
Team Lead 1 | Team Lead 2
Q1 goals | Q2 goals
Series A | Series B
Room 4 | Room 5
devnet-0 | devnet-1
Bepolia 5 | Bepolia 6
EIP-7805 | EIP-7806
EIP-7805 | 7806
EIP-7805 | 7, 8 0. 6
EIP-7805 | EIP-780
EIP-7212 | RIP-7212
EIP-7212 | JIRA-7212
Suite 300 | Floor 300
JIRA-12 | JIRA-13
JIRA-12 | JIRA-120
PR 640 | PR 641
eth/68 | eth/69
Issue 12 | Issue 21
Section 10-12 | Section 1012
Section 1, 2, 3 | Section 123
Report 2025 | Report 2026
C | C#
C++ | C#
person: Anna Lee | person: Anna Li
person: Anna Lee | person: Anna Leigh
person: Anna Lee | person: Anna Leeson
person: Anna Lee | person: Hannah Li
person: Anna | person: Anna Lee
person: Lee | person: Anna Lee
person: Tim Beiko | person: Tim Roughgarden
person: Ben Adams | person: Ben Edgington
person: Maria Lopez | person: Maria Stone
person: Jean-Luc Picard | person: Jean-Luc Godard
person: Speaker 1 | person: Speaker 1
person: Speaker 1 | person: Speaker 2
person: SPEAKER_00 | person: SPEAKER_00
person: Unknown Speaker | person: Unknown Speaker
person: Participant 2 | person: Participant 2
person: Mercury | system: Mercury
person: Anna Lee | project: Anna Lee
project: Payments | team: Payments
team: Mercury | system: Mercury
"""
GREY = """
FOCIL | fossil
FOCIL | Fork-choice enforced Inclusion Lists
EIP-7805 | FOCIL
EIP-7805 | 70 7805
EIP-7823 | upper bounds for MoD. Exp
PeerDAS | pure das
PeerDAS | Peer DAS
Glamsterdam | Glam, Saddam
Fusaka | Fussaka
Pectra | Petra
ModExp gas cost increase | MoD Xp gas increase
Blob Parameter Only Hardforks | BPO
Chekcout | Checkout
checkout | check-out
Payments | Payment
Search Index | Index Search
Onboarding Emails | Onboarding Mails
Data Lake | Datalake
API migration | the API migration project
Checkout Redesign | Checkout Redesign project
Single Sign On | SSO
organization: Acme Inc. | organization: Acme
team: Besu team | team: base you
person: Anna | person: anna
person: A. Lee | person: Anna Lee
person: Anna M. Lee | person: Anna Lee
person: Ana Muñoz | person: Ana Munoz
person: Hana Lee | person: Hannah Lee
"""

# what a person is asked, whatever a model may join; with the trigram similarity where spelling alone counts
ASKED = """
PeerDAS | Peer Das
Pectra | Petra
ISA | ISAs | 0.5
Fusaka devnet 0 | Fussaka devnet 0
Checkout | Chekcout | 0.5
Harbor Portal | Harbour Portal
Data Lake | Datalake
Onboarding Emails | Onboarding Mails
person: terence | project: Terrence
person: saulius | person: Saulius Grigaitis | Grandine
person: Marius | person: MariusVanDerWijden
person: Anna | person: Anna Lee
person: Hana Lee | person: Hannah Lee | 0.6
"""
NOT_ASKED = """
EIP-7805 | EIP-7806 | 0.9
Devnet 6 | Devnet 7 | 0.8
Phase 1 | Phase 11 | 0.8
API | API Migration | 0.5
Sea Wall | Sea Gate | 0.4
EVM | EVN
BPO | BLO
person: Ben Adams | person: Ben Edgington | 0.5
person: Lee | person: Anna Lee | 0.5
person: Speaker 1 | person: Speaker 2 | 0.8
person: sean | person: sina
person: Anna Lee | project: Anna Lee | 1
project: Payments | team: Payment | 0.7
"""


def read(table: str, expected: str) -> list[tuple[str, str, str, str, str]]:
    rows: list[tuple[str, str, str, str, str]] = []
    for line in table.strip().splitlines():
        a, b = line.split(" | ", 1)
        rows.append((*typed(a), *typed(b), expected))
    return rows


def scored(table: str, expected: bool) -> list[tuple[str, str, str, str, float, bool]]:
    rows: list[tuple[str, str, str, str, float, bool]] = []
    for line in table.strip().splitlines():
        names, _, score = line.rpartition(" | ")
        if not score.replace(".", "").isdecimal():
            names, score = line, "0"
        a, b = names.split(" | ", 1)
        rows.append((*typed(a), *typed(b), float(score), expected))
    return rows


def typed(name: str) -> tuple[str, str]:
    type, colon, rest = name.partition(": ")
    return (rest, type) if colon else (name, "feature")


def judged(a: str, type_a: str, b: str, type_b: str) -> str:
    """What two meetings that use one name each make of it."""
    callings = Callings([Calling(a, type_a, a, "extraction", "1"), Calling(b, type_b, b, "extraction", "2")])
    keys = [entity_key(a, type_a, scope="1"), entity_key(b, type_b, scope="2")]
    if callings.bound(keys[0]).key == callings.bound(keys[1]).key:
        return "same"
    return "grey" if may_merge(a, b, type_a=type_a, type_b=type_b) is None else "different"


@pytest.mark.parametrize(
    ("a", "type_a", "b", "type_b", "score", "expected"), [*scored(ASKED, True), *scored(NOT_ASKED, False)]
)
def test_a_person_is_asked_about_what_a_person_would_call_one_thing(
    a: str, type_a: str, b: str, type_b: str, score: float, expected: bool
) -> None:
    assert look_alike(a, b, type_a=type_a, type_b=type_b, score=score) is expected
    assert look_alike(b, a, type_a=type_b, type_b=type_a, score=score) is expected


@pytest.mark.parametrize(
    ("a", "type_a", "b", "type_b", "expected"),
    [*read(SAME, "same"), *read(DIFFERENT, "different"), *read(GREY, "grey")],
)
def test_two_names_are_one_thing_two_or_for_a_judge(
    a: str, type_a: str, b: str, type_b: str, expected: str
) -> None:
    assert judged(a, type_a, b, type_b) == expected
    assert judged(b, type_b, a, type_a) == expected

"""The same facts in many wordings: what `benchmarks.verify` says of states, and of what was said.

`STYLES` were written before the checks that they measure; those of "unseen" were never read against them.
A style is a template for one kind of fact: {e} thing, {v} value, {b} value before, {p} person, {q} person
before, {s} who said it, {d} day, {m} meeting; {s1}, {p1} and {q1} are first names.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SEEN = "tuned"
UNSEEN = "unseen"

STYLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    SEEN: {
        "status": (
            "{e} is {v}.",
            "As of the latest update, {e} is {v}.",
            "{s} reported on {d} that {e} is {v}.",
            "In {m}, {s} said that {e} is {v}.",
            "The {e} work is currently {v}, according to {s}.",
            "{e} has been {v} since {d}.",
            "Status of {e}: {v} (since {d}).",
            "{e} stands as {v}; {s1} confirmed this in {m}.",
            "At present, {e} is {v}.",
            "{s} gave an update: {e} is {v}.",
            "{e} remains {v}.",
            "We know from {m} that {e} is {v}.",
            "The latest word, from {s1} on {d}, is that {e} is {v}.",
            "{e} has the status “{v}”.",
            "It was {s} who said that {e} is {v}.",
            "{e} is reported as {v} as of {d}.",
            "When asked, {s1} said {e} was {v}.",
            "So far {e} is {v}, and nothing later contradicts it.",
            "By {d}, {e} was {v}.",
            "{s1} described {e} as {v}.",
            "The current state of {e} is {v}.",
            "{e} can be considered {v}.",
            "In short: {e} is {v}.",
        ),
        "status_change": (
            "{e} went from {b} to {v} on {d}.",
            "{e} moved to {v} after being {b}.",
            "It used to be {b}, but {e} is now {v}.",
            "On {d} the status of {e} changed from {b} to {v}.",
            "{e}, previously {b}, became {v} in {m}.",
            "{s1} reported that {e}, which had been {b}, was {v}.",
            "{e} changed its status to {v} on {d}; before that it was {b}.",
            "From {b}, {e} went to {v}.",
            "{e} stopped being {b} and became {v}.",
            "Until {d} {e} was {b}, then it became {v}.",
            "The status of {e} is {v} now, {b} before.",
            "Having been {b}, {e} is {v}.",
            "{e} was moved out of {b} and into {v} in {m}.",
            "The change of {e} from {b} to {v} was reported by {s}.",
            "In {m}, {e} left {b} and turned {v}.",
        ),
        "owner": (
            "{e} is owned by {p}.",
            "{p} owns {e}.",
            "{p} is responsible for {e}.",
            "The owner of {e} is {p}, as said in {m}.",
            "{p1} has been in charge of {e} since {d}.",
            "{e} belongs to {p}.",
            "{e} is in {p1}'s hands.",
            "{p} has {e}.",
            "Ask {p} about {e}, since {p1} owns it.",
            "{p} is the one in charge of {e}.",
            "The responsibility for {e} is with {p}.",
            "{p1} drives {e}.",
            "{e}: owner {p}.",
            "{e} was assigned to {p} on {d}.",
            "In {m} it was said that {p1} owns {e}.",
            "{p1} is the lead for {e}.",
            "Since {d}, {p} has been responsible for {e}.",
        ),
        "owner_change": (
            "{p} took over {e} from {q}.",
            "Ownership of {e} moved from {q} to {p} on {d}.",
            "{q1} handed {e} over to {p1}.",
            "{e} used to be owned by {q}, and is now owned by {p}.",
            "{p1} is the new owner of {e}, after {q1}.",
            "{e} went from {q1} to {p1} in {m}.",
            "{q} is no longer the owner of {e}; {p} is.",
            "{p} now owns {e}, which {q} owned before.",
            "In {m}, {s1} announced that {p1} is taking {e} over from {q1}.",
            "{q1} passed {e} on to {p1}.",
            "{e} was given to {p}, who follows {q}.",
            "Instead of {q1}, {p1} is now responsible for {e}.",
            "{p1} has been the owner of {e} since {d}; earlier it was {q1}.",
        ),
        "progress": (
            "{e} is {v} done.",
            "{s} put {e} at {v} on {d}.",
            "About {v} of {e} is complete.",
            "Progress on {e} was {v} as of {m}.",
            "{e} has got to {v}.",
            "{s1} says that {v} of {e} is finished.",
            "{e} was at {v} in {m}.",
            "Roughly {v} of {e} has been done.",
            "On {d}, {e} was {v} complete.",
            "The progress of {e} is {v}.",
            "{s} estimated {e} at {v}.",
            "{e} now stands at {v}.",
        ),
        "due": (
            "{e} is due on {v}.",
            "The deadline for {e} is {v}.",
            "{e} should be finished by {v}.",
            "According to {m}, {e} is due {v}.",
            "{e} is supposed to be done by {v}.",
            "{e} has to be delivered on {v}.",
            "{v} is when {e} is due.",
            "The due date of {e} is {v}, said {s1}.",
            "{e} is planned for {v}.",
            "{e} is expected on {v}.",
            "In {m}, {s} set the date of {e} to {v}.",
            "The date for {e} is {v}.",
            "{e} must be ready on {v}.",
            "{s1} committed to finishing {e} by {v}.",
        ),
        "due_change": (
            "The due date of {e} moved from {b} to {v}.",
            "{e} is now due on {v} instead of {b}.",
            "The deadline for {e} slipped from {b} to {v}.",
            "{e} was due on {b}, but is now due on {v}.",
            "{s1} said in {m} that {e} moves from {b} to {v}.",
            "The new date for {e} is {v}; it was {b}.",
            "{e} has been rescheduled to {v}, from {b}.",
            "{e} will not come on {b} but on {v}.",
            "Originally due on {b}, {e} is now expected on {v}.",
            "On {d} the deadline of {e} was changed from {b} to {v}.",
        ),
        "blockers": (
            "{e} is blocked by {v}.",
            "What holds up {e} is {v}, {s} said on {d}.",
            "{e} was blocked by {v} as of {m}.",
            "{v} blocks {e}.",
            "{e} is waiting for {v}.",
            "{e} is stuck because of {v}.",
            "{s1} said that {e} was blocked by {v}.",
            "The blocker of {e} is {v}.",
            "{e} is held up by {v} since {d}.",
            "{v} stands in the way of {e}.",
        ),
        "inclusion_status": (
            "{e} is {v} for {k}.",
            "For {k}, {e} became {v} on {d}.",
            "The inclusion status of {e} in {k} is {v}.",
            "{e} was moved to {v} for {k} on {d}.",
            "{e} has been {v} for {k} since {d}.",
            "In {k}, {e} stands as {v}.",
            "{e} is currently {v} in {k}.",
            "The status of {e} for {k} is {v}.",
            "{k}: {e} is {v}.",
            "Since {d} {e} is {v} for {k}.",
        ),
    },
    UNSEEN: {
        "status": (
            "Right now {e} counts as {v}.",
            "{s1} told the others in {m} that {e} was {v}.",
            "The team heard from {s} on {d} that {e} was {v}.",
            "Per {s}, {e} is {v}.",
            "Since {d}, {e} has officially been {v}.",
            "{e}? It is {v}, says {s1}.",
            "At {m} it was announced that {e} is {v}.",
            "Things look like this: {e} is {v} ({d}).",
            "{v}, that is how {s1} described {e}.",
        ),
        "status_change": (
            "The {m} meeting saw {e} switch from {b} to {v}.",
            "After a period of being {b}, {e} turned {v}.",
            "{e} is no longer {b}; it is {v} now.",
            "Where {e} had been {b}, it was {v} from {d} on.",
            "{s1}'s update of {d} took {e} from {b} to {v}.",
        ),
        "owner": (
            "{e} lies with {p}.",
            "The person looking after {e} is {p}.",
            "{e} is led by {p1}.",
            "{p}, who owns {e}, has had it since {d}.",
            "It is {p1} who takes care of {e}.",
            "{e} is {p1}'s, as came out in {m}.",
        ),
        "owner_change": (
            "{q1} gave up {e}, and {p1} picked it up.",
            "{p1} replaced {q1} as the owner of {e}.",
            "{e} passed from {q} to {p}.",
            "On {d}, {p} inherited {e} from {q}.",
        ),
        "progress": (
            "{v} of the work on {e} has been completed.",
            "{e} stood at {v} on {d}.",
            "By {s1}'s estimate, {e} has reached {v}.",
            "In {m} {e} was said to be {v} complete.",
        ),
        "due": (
            "They want to have {e} ready by {v}.",
            "{v} is the target date for {e}.",
            "{e} has a due date of {v}, set in {m}.",
            "{s1} said {e} would be due on {v}.",
        ),
        "due_change": (
            "{e} was postponed from {b} to {v}.",
            "Instead of {b}, {e} is to be delivered on {v}.",
            "{s1} pushed the date of {e} from {b} to {v}.",
        ),
        "blockers": (
            "{v} was keeping {e} from moving on.",
            "{e} cannot go on because of {v}.",
            "On {d}, {s1} named {v} as the blocker of {e}.",
        ),
        "inclusion_status": (
            "{k} has {e} as {v}.",
            "As far as {k} goes, {e} is {v}.",
            "On {d}, {e} was {v} for {k}.",
            "With regard to {k}, the status of {e} changed to {v}.",
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A claim on what was said in the demo, the words that it rests on, and false versions of it by kind."""

    true: str
    cites: tuple[str, ...]
    false: Mapping[str, str]


PASSAGES: Mapping[str, tuple[Passage, ...]] = {
    SEEN: (
        Passage(
            "Daniel promised to send Priya the list of endpoints by Friday.",
            ("I'll send the endpoint list to Priya by Friday.",),
            {
                "swapped names": "Priya promised to send Daniel the list of endpoints by Friday.",
                "negation": "Daniel did not promise to send Priya the list of endpoints by Friday.",
                "wrong owner": "Luca promised to send Priya the list of endpoints by Friday.",
                "wrong date": "Daniel promised to send Priya the list of endpoints by Monday.",
            },
        ),
        Passage(
            "The team decided to release every second Thursday.",
            ("then we decided to release every second Thursday",),
            {
                "negation": "The team decided not to release every second Thursday.",
                "wrong date": "The team decided to release every second Friday.",
                "wrong meeting": "In Tideway sync 4 the team decided to release every second Thursday.",
            },
        ),
        Passage(
            "Luca will book the staging servers by 13 February.",
            ("I'll book the staging servers by 13 February.",),
            {
                "wrong date": "Luca will book the staging servers by 20 February.",
                "wrong owner": "Tom will book the staging servers by 13 February.",
                "negation": "Luca will not book the staging servers by 13 February.",
            },
        ),
        Passage(
            "Mei said that the load test was done last Tuesday as planned and that the site stayed up.",
            ("The Load Test is done. We did it last Tuesday as planned.",),
            {
                "wrong owner": "Priya said that the load test was done last Tuesday as planned.",
                "negation": "Mei said that the load test was not done last Tuesday as planned.",
                "wrong date": "Mei said that the load test was done last Thursday as planned.",
            },
        ),
        Passage(
            "They decided to launch without Guest Checkout.",
            ("We decided to launch without Guest Checkout.",),
            {
                "negation": "They decided to launch with Guest Checkout.",
                "wrong meeting": "They decided in Tideway sync 1 to launch without Guest Checkout.",
                "swapped names": "They decided to launch without Dashboard Phase 2.",
            },
        ),
        Passage(
            "Nora will tell the harbour office about the code freeze by Monday.",
            ("I'll tell the harbour office about the code freeze by Monday.",),
            {
                "wrong owner": "Daniel will tell the harbour office about the code freeze by Monday.",
                "wrong date": "Nora will tell the harbour office about the code freeze by Wednesday.",
                "negation": "Nora won't tell the harbour office about the code freeze by Monday.",
            },
        ),
        Passage(
            "Ten thousand people used the site within the hour, and nothing fell over.",
            ("Ten thousand people in the hour, and it stayed up.", "But nothing fell over."),
            {
                "wrong value": "Twenty thousand people used the site within the hour, and nothing fell over.",
                "wrong meeting": "In Tideway sync 2, ten thousand people used the site within the hour.",
            },
        ),
        Passage(
            "It was decided to freeze the code on 11 May.",
            ("Then we decided to freeze the code on 11 May.",),
            {
                "wrong date": "It was decided to freeze the code on 18 May.",
                "negation": "It was decided not to freeze the code on 11 May.",
            },
        ),
    ),
    UNSEEN: (
        Passage(
            "Tom is going to publish the release notes by Friday.",
            ("I'll publish the release notes by Friday.",),
            {
                "wrong owner": "Mei is going to publish the release notes by Friday.",
                "wrong date": "Tom is going to publish the release notes by Tuesday.",
                "negation": "Tom isn't going to publish the release notes by Friday.",
            },
        ),
        Passage(
            "The launch was put back to 2 June in the last sync.",
            ("We decided to move the Tideway Launch to 2 June.",),
            {
                "wrong date": "The launch was put back to 9 June in the last sync.",
                "negation": "The launch was not put back to 2 June in the last sync.",
            },
        ),
        Passage(
            "Luca warned that the port authority could send the summer timetable only after the code freeze.",
            ("There is a risk that the port authority sends the summer timetable after the code freeze.",),
            {
                "wrong owner": "Mei warned that the port authority could send the summer timetable late.",
                "wrong meeting": "In Tideway sync 6, Luca warned that the port authority could send the "
                "summer timetable after the code freeze.",
            },
        ),
        Passage(
            "A woman from the islands booked for her choir of thirty-one, without complaints.",
            ("We had a woman from the islands who booked for her choir, thirty-one people, no complaints.",),
            {
                "wrong value": "A woman from the islands booked for her choir of forty-one people.",
                "negation": "A woman from the islands did not book for her choir of thirty-one people.",
            },
        ),
        Passage(
            "Priya told everybody that the certificate from Nordbank had come.",
            ("The certificate from Nordbank has arrived.",),
            {
                "wrong owner": "Daniel told everybody that Nordbank's certificate had arrived.",
                "negation": "Priya told everybody that the certificate from Nordbank has not arrived.",
            },
        ),
        Passage(
            "The timetable is promised for the twenty-ninth, but Luca would not rely on it.",
            ("They say the twenty-ninth. I would not build a house on it.",),
            {
                "wrong date": "The timetable is promised for the 22nd, but Luca would not rely on it.",
                "swapped names": "The timetable is promised for the twenty-ninth, says Tom.",
            },
        ),
        Passage(
            "Daniel suggested loading the first two weeks by hand.",
            ("We could load the first two weeks by hand, if it comes to that.",),
            {
                "wrong owner": "Nora suggested loading the first two weeks by hand.",
                "wrong value": "Daniel suggested loading the first six weeks by hand.",
                "negation": "Daniel suggested not loading the first two weeks by hand.",
            },
        ),
        Passage(
            "According to Mei, the payment page took two and a half seconds.",
            ("Two and a half seconds for the payment page.",),
            {
                "wrong owner": "According to Luca, the payment page took two and a half seconds.",
                "wrong value": "According to Mei, the payment page took seven and a half seconds.",
            },
        ),
    ),
}

"""`classifier`: what the account's labels teach, how good that is, putting it to use and taking it back."""

import asyncio

import msgspec
from starlette.responses import Response

from lazaretto.actions.learn import look, train
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.reply import success
from lazaretto.api.wire.classifier import (
    AccountClassifier,
    ClassifierChoice,
    ClassifierReturn,
    ClassifierState,
    learned_value,
    state_value,
)
from lazaretto.model.access import Capability
from lazaretto.store.wording import promote_learned, rollback_learned

PATH = SECURITY + "/classifier"
_CHOICE = msgspec.json.Decoder(ClassifierChoice)
_RETURN = msgspec.json.Decoder(ClassifierReturn)


async def show_classifier(call: Call) -> Response:
    """The state, with accuracy over time."""
    return success(await _state(call))


async def train_classifier(call: Call) -> Response:
    """Learn from all labels; not used until it is promoted."""
    await read_body(call.request, call.services.options)
    services = call.services
    async with call.desk.learn_turn:
        learned = await train(
            services.database, call.account, services.shipped, by=call.actor, now=services.now()
        )
    call.note("id", str(learned.id))
    return success(learned_value(learned))


async def promote_classifier(call: Call) -> Response:
    """Use one from the next message on."""
    octets = await read_body(call.request, call.services.options)
    choice = read_json(octets, _CHOICE) if octets.strip() else ClassifierChoice()
    now = call.services.now()
    learned = await call.write(
        lambda tx: promote_learned(tx, call.account, choice.id, by=call.actor, now=now)
    )
    call.note("id", str(learned.id))
    return success(learned_value(learned))


async def rollback_classifier(call: Call) -> Response:
    """Use the one before, or the shipped one alone."""
    octets = await read_body(call.request, call.services.options)
    wish = read_json(octets, _RETURN) if octets.strip() else ClassifierReturn()
    now = call.services.now()
    await call.write(lambda tx: rollback_learned(tx, call.account, shipped=wish.shipped, now=now))
    return success(await _state(call))


async def _state(call: Call) -> ClassifierState:
    state = await call.read(lambda tx: look(tx, call.account))
    shipped = call.services.shipped
    return state_value(state, await asyncio.to_thread(lambda: shipped().version))


ROUTES = (
    Entry(
        "GET",
        PATH,
        show_classifier,
        Capability.READ,
        "Show what the account's labels taught the classifier",
        result=ClassifierState,
        ours=True,
    ),
    Entry(
        "POST",
        PATH + "/train",
        train_classifier,
        Capability.POLICY,
        "Train a classifier from the account's labels",
        result=AccountClassifier,
        ours=True,
    ),
    Entry(
        "POST",
        PATH + "/promote",
        promote_classifier,
        Capability.POLICY,
        "Use a trained classifier from the next message on",
        body=ClassifierChoice,
        result=AccountClassifier,
        ours=True,
    ),
    Entry(
        "POST",
        PATH + "/rollback",
        rollback_classifier,
        Capability.POLICY,
        "Use the classifier that was used before",
        body=ClassifierReturn,
        result=ClassifierState,
        ours=True,
    ),
)

"""`rules`: what the account's mail is judged by, and rules that the account switches off.

A change counts from the next message on. What a switched off rule saw is still told with the message, as a
note that weighs nothing.
"""

from typing import Annotated

import msgspec
from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.paging import Paged, page_info, read_query
from lazaretto.api.reply import success
from lazaretto.api.wire.rules import Form, RulePatch, RuleValue, rule_values
from lazaretto.model.access import Capability
from lazaretto.model.errors import NotFound
from lazaretto.scan.expressions.suggest import did_you_mean
from lazaretto.store.rules_off import list_rules_off, switch_rule

PATH = SECURITY + "/rules"
RULE_PATH = PATH + "/{rule_id}"

MAX_RULE = 100
"""Characters of an id that are looked up."""

_PATCH = msgspec.json.Decoder(RulePatch)


class RulesQuery(Paged, frozen=True, kw_only=True):
    """Which rules are wanted."""

    enabled: bool | None = None
    form: Form | None = None
    search: Annotated[str, msgspec.Meta(max_length=200)] = ""  # in id, title and text


async def list_rules(call: Call) -> Response:
    """A page of all rules, by id."""
    query = read_query(call.request, RulesQuery)
    found = [value for value in await _values(call) if _wanted(value, query)]
    rows = found[query.wish.offset : query.wish.offset + query.per_page]
    return success(rows, result_info=page_info(query, len(rows), len(found)))


async def show_rule(call: Call) -> Response:
    """One rule."""
    return success(await _value(call))


async def change_rule(call: Call) -> Response:
    """Switch it on or off."""
    patch = read_json(await read_body(call.request, call.services.options), _PATCH)
    rule, now = (await _value(call)).id, call.services.now()
    await call.write(
        lambda tx: switch_rule(tx, call.account, rule, enabled=patch.enabled, actor=call.actor, now=now)
    )
    return success(await _value(call))


def _wanted(value: RuleValue, query: RulesQuery) -> bool:
    words = f"{value.id} {value.title} {value.text}".lower()
    return (
        query.enabled in {None, value.enabled}
        and query.form in {None, value.form}
        and query.search.lower() in words
    )


async def _values(call: Call) -> list[RuleValue]:
    ruleset = await call.services.ruleset()
    return rule_values(ruleset, await call.read(lambda tx: list_rules_off(tx, call.account)))


async def _value(call: Call) -> RuleValue:
    id = str(call.request.path_params["rule_id"])[:MAX_RULE]  # noqa: A001
    values = {value.id: value for value in await _values(call)}
    if id not in values:
        raise NotFound(codes.NO_SETTING, f"There is no rule {id!r}.{did_you_mean(id, values)}")
    return values[id]


ROUTES = (
    Entry(
        "GET",
        PATH,
        list_rules,
        Capability.READ,
        "List the rules, and which of them the account switched off",
        query=RulesQuery,
        result=list[RuleValue],
        pages="page",
        ours=True,
    ),
    Entry("GET", RULE_PATH, show_rule, Capability.READ, "Show one rule", result=RuleValue, ours=True),
    Entry(
        "PATCH",
        RULE_PATH,
        change_rule,
        Capability.POLICY,
        "Switch a rule on or off for the account",
        body=RulePatch,
        result=RuleValue,
        ours=True,
    ),
)

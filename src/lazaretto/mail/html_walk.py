"""One walk over an HTML tree: what of its text can be seen, and which elements carry links or forms.

Each element inherits from its parent whether it is shown, its font size and its colours; only elements that
differ from a plain page are remembered, so that ordinary mail costs next to nothing.

Limits: MAX_NODES nodes, MAX_CLASSES class names of one element, MAX_CONDITIONAL comments, MAX_FRAMED pages
written into frames, MAX_TURNED elements.
"""

from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from lazaretto.mail.colours import WHITE, Colour, parse_colour, unreadable
from lazaretto.mail.html_links import VECTOR_TAGS
from lazaretto.mail.styles import MAX_STYLE, NOTHING, Look, look_of

MAX_NODES = 60_000
"""Nodes that are looked at. The tree builder can make many more out of few characters."""

MAX_CONDITIONAL = 50
"""Conditional comments that are kept: Outlook shows what stands in them, and nobody else does."""

MAX_FRAMED = 5
"""Pages written into a frame, as an attribute of it, that are kept."""

MAX_TURNED = 100
"""Elements shown against their direction that are counted."""

MAX_CLASSES = 20
"""Class names of one element that are looked up."""

BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd"),
        *("details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li"),
        *("main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody"),
        *("tfoot", "thead", "tr", "ul", "option"),
    }
)
CELLS = frozenset({"td", "th", "img", "input", "button", "select", "textarea"})
UNSHOWN_TAGS = frozenset(
    {
        *("script", "style", "head", "title", "template", "noembed", "noframes", "object"),
        *("iframe",),
    }
)
CARRIERS = frozenset(
    {
        *("a", "area", "base", "form", "img", "iframe", "frame", "embed", "object", "meta"),
        *("link", "script", "style", "input", "button", "video", "audio", "source", "image"),
        *("use",),
        *VECTOR_TAGS,
    }
)


@dataclass(frozen=True, slots=True)
class State:
    """How an element is shown."""

    gone: bool = False
    visible: bool = True
    tiny: bool = False
    foreground: Colour | None = None
    background: Colour = WHITE
    hidden: bool = False  # text right inside the element cannot be seen


PLAIN = State()
UNSHOWN = State(gone=True, hidden=True)
"""Script, style and head: not text at all, so neither visible nor hidden."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """An element that may carry a link or belong to a form."""

    node: LexborNode
    tag: str
    attributes: dict[str, str | None]
    hidden: bool


class Walk:
    """The walk and what it gathers."""

    def __init__(self, rules: dict[str, str], *, turning: bool = False) -> None:
        self.rules = rules
        self._turning = turning  # something in the document is shown against its direction
        self.seen: list[str] = []
        self.unseen: list[str] = []
        self.tags: list[str] = []
        self.carriers: list[Carrier] = []
        self.styles_with_url: list[str] = []
        self.conditional: list[str] = []
        self.framed: list[str] = []
        self.cut = False
        self.split_words = 0
        self.turned = 0
        self._split_at = -1  # pieces seen when hidden text followed a letter
        self.states: dict[int, State] = {}
        self._parent = 0

    def run(self, root: LexborNode) -> None:
        """Visit every node below a root, parents first."""
        for number, node in enumerate(root.traverse(include_text=True)):
            if number >= MAX_NODES:
                self.cut = True
                return
            tag = node.tag
            if tag == "-text":
                self._text(node)
            elif tag == "-comment":
                self._comment(node)
            elif tag and tag[0] not in "-!":
                self._element(node, tag)

    def state_of(self, node: LexborNode) -> State:
        """How the parent of a node is shown."""
        parent = node.parent
        return PLAIN if parent is None else self.states.get(parent.mem_id, PLAIN)

    def _comment(self, node: LexborNode) -> None:
        content = node.comment_content or ""
        if "[if" in content[:40] and len(self.conditional) < MAX_CONDITIONAL:
            self.conditional.append(content)

    def _text(self, node: LexborNode) -> None:
        parent = node.parent
        if parent is None:
            return
        mine = parent.mem_id
        state = self.states.get(mine, PLAIN)
        if state is UNSHOWN:
            return
        data = node.text_content or ""
        if state.hidden:
            self.unseen.append(data)
            if self.seen and self.seen[-1][-1:].isalpha() and data.strip():
                self._split_at = len(self.seen)
            return
        if mine != self._parent:
            self._parent = mine
            self._break_after_block(node)
        if self._split_at >= 0:
            self.split_words += self._split_at == len(self.seen) and data[:1].isalpha()
            self._split_at = -1
        self.seen.append(data.replace("\n", " "))

    def _break_after_block(self, node: LexborNode) -> None:
        before = node.prev
        if before is not None and before.tag in BLOCKS:
            self.seen.append("\n")

    def _element(self, node: LexborNode, tag: str) -> None:
        self.tags.append(tag)
        attributes = node.attributes
        state = self._state(node, tag, attributes)
        if self._turning and self.turned < MAX_TURNED and _turns(tag, attributes):
            self.turned += sum(c.isascii() and c.isalpha() for c in (node.text(deep=True) or "")[:50]) >= 3
        if tag in BLOCKS:
            self.seen.append("\n")
        elif tag in CELLS:
            self.seen.append(" ")
        else:
            self._break_after_block(node)
        if tag in CARRIERS:
            self.carriers.append(Carrier(node, tag, attributes, state.hidden and state is not UNSHOWN))
        if tag == "iframe" and len(self.framed) < MAX_FRAMED and (page := attributes.get("srcdoc")):
            self.framed.append(page)
        if "background" in attributes:
            self.carriers.append(Carrier(node, "-background", attributes, state.hidden))
        style = attributes.get("style")
        if style and "url(" in style.lower():
            self.styles_with_url.append(style)

    def _state(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> State:
        inherited = self.state_of(node) if self.states else PLAIN
        if inherited is UNSHOWN or tag in UNSHOWN_TAGS:
            self.states[node.mem_id] = UNSHOWN
            return UNSHOWN
        look = self._look(tag, attributes) if attributes or self.rules else NOTHING
        if look is not NOTHING:
            state = shown(inherited, look)
        elif tag == "a" and inherited.foreground is not None and not inherited.gone:
            state = shown(replace(inherited, foreground=None), NOTHING)  # links have a colour of their own
        else:
            state = inherited
        if state is not PLAIN:
            self.states[node.mem_id] = state
        return state

    def _look(self, tag: str, attributes: dict[str, str | None]) -> Look:
        blocks: list[str] = []
        if self.rules:
            blocks += self._matching_rules(tag, attributes)
        style = attributes.get("style")
        if style:
            blocks.append(style)
        look = look_of(tuple(blocks)) if blocks else NOTHING
        if "hidden" in attributes:
            look = replace(look, gone=True)
        old = attributes.get("bgcolor")
        if old and look.background is None:
            look = replace(look, background=parse_colour(old.lower()))
        if attributes.get("background"):
            look = replace(look, background=Colour.unknown())
        colour = attributes.get("color" if tag == "font" else "text") if tag in {"font", "body"} else None
        if colour and look.foreground is None:
            look = replace(look, foreground=parse_colour(colour.lower()))
        return look

    def _matching_rules(self, tag: str, attributes: dict[str, str | None]) -> list[str]:
        keys = [tag]
        keys += [f".{name}" for name in (attributes.get("class") or "").split()[:MAX_CLASSES]]
        name = attributes.get("id")
        if name:
            keys.append(f"#{name}")
        return [self.rules[key] for key in keys if key in self.rules]


def _turns(tag: str, attributes: dict[str, str | None]) -> bool:
    """The element shows its letters against their direction: what is written backwards is read forwards."""
    if tag == "bdo":
        return (attributes.get("dir") or "").strip().lower() == "rtl"
    style = (attributes.get("style") or "")[:MAX_STYLE].lower()
    return "bidi-override" in style and "rtl" in style


def shown(inherited: State, look: Look) -> State:
    """How an element is shown, from its parent's state and its own look."""
    gone = inherited.gone or look.gone
    visible = inherited.visible if look.visible is None else look.visible
    tiny = inherited.tiny if look.tiny is None else look.tiny
    foreground = look.foreground or inherited.foreground
    background = look.background or inherited.background
    hidden = gone or not visible or tiny or unreadable(foreground, background)
    return State(gone, visible, tiny, foreground, background, hidden)

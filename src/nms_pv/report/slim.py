"""A drawing with the same picture in fewer bytes: short numbers, no empty groups, lines of one look as one path."""

import re
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
# Hundredths of a point cannot be seen.
LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
DECIMALS = 2
PLACED_BY = ("d", "x", "y", "transform", "points", "width", "height")
FONT_FAMILY = re.compile(r"font-family: [^;]+")
NO_TURN = re.compile(r"rotate\(-?0 [^)]*\)")
SPACE_IN_PATH = re.compile(r"\s*([A-Za-z])\s*")
UPRIGHT = re.compile(r"(?<=[ML])(-?[\d.]+) (-?[\d.]+)L\1 (-?[\d.]+)")
LEVEL = re.compile(r"(?<=[ML])(-?[\d.]+) (-?[\d.]+)L(-?[\d.]+) \2(?![\d.])")


def slim(root: ET.Element) -> None:
    """Shorten a drawing in place; what carries an id or an address keeps its own element."""
    for element in root.iter():
        _shorten(element)
    _flatten(root)


def _shorten(element: ET.Element) -> None:
    for name in PLACED_BY:
        if name in element.attrib:
            element.set(name, LONG_NUMBER.sub(_rounded, element.attrib[name]))
    if "d" in element.attrib:
        path = SPACE_IN_PATH.sub(r"\1", element.attrib["d"]).strip()
        element.set("d", LEVEL.sub(r"\1 \2H\3", UPRIGHT.sub(r"\1 \2V\3", path)))
    turned = NO_TURN.sub("", element.get("transform", "")).strip()
    if turned:
        element.set("transform", turned)
    else:
        element.attrib.pop("transform", None)
    if "style" in element.attrib:
        element.set("style", FONT_FAMILY.sub("font-family: var(--font, sans-serif)", element.attrib["style"]))


def _rounded(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), DECIMALS) + 0.0:g}" if abs(float(number[0])) < 1e4 else f"{float(number[0]):.0f}"  # noqa: PLR2004


def _flatten(parent: ET.Element) -> None:
    children = [child for element in list(parent) for child in _without_empty_groups(element)]
    parent[:] = _merged(children)
    if parent.tag == f"{SVG}text" or parent.tag in {f"{SVG}title", f"{SVG}desc", f"{SVG}tspan"}:
        return
    parent.text = None
    for child in parent:
        child.tail = None


def _without_empty_groups(element: ET.Element) -> list[ET.Element]:
    """The element, or what is left of it where it is a group that says nothing of what it holds."""
    _flatten(element)
    return list(element) if element.tag == f"{SVG}g" and not element.attrib else [element]


def _merged(children: list[ET.Element]) -> list[ET.Element]:
    merged: list[ET.Element] = []
    for child in children:
        if merged and _is_line_like(child, merged[-1]):
            merged[-1].set("d", merged[-1].attrib["d"] + child.attrib["d"])
        else:
            merged.append(child)
    return merged


def _is_line_like(child: ET.Element, other: ET.Element) -> bool:
    """Whether two are lines without filling, in one look and without an address of their own."""
    return (
        child.tag == other.tag == f"{SVG}path"
        and "fill: none" in child.get("style", "")
        and set(child.attrib) <= {"d", "style", "clip-path"}
        and _look(child) == _look(other)
    )


def _look(element: ET.Element) -> dict[str, str]:
    return {name: value for name, value in element.attrib.items() if name != "d"}

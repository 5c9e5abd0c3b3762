"""What people have written into the protocol, field by field, as texts that can be shown."""

from dataclasses import dataclass
from typing import Any

from nms_pv.spec.protocol import Amendment, Author, Milestone, Protocol

NONE = "none"


@dataclass(frozen=True)
class Written:
    """One field: what it asks for, and one text for each entry; no text when it is open."""

    name: str
    title: str
    asks: str
    texts: list[str]


def written(protocol: Protocol) -> list[Written]:
    """All fields in their order."""
    return [
        Written(name, field.title or name, field.description or "", texts(protocol, name))
        for name, field in Protocol.model_fields.items()
    ]


def texts(protocol: Protocol, field: str) -> list[str]:
    """The texts of a field; `none` where nothing there is an answer, no text where it is open."""
    if not protocol.is_filled(field):
        return []
    value = getattr(protocol, field)
    return [_text(entry) for entry in ([value] if isinstance(value, str) else value)] or [NONE]


def _text(entry: Any) -> str:
    match entry:
        case Author():
            known = "; ".join(part for part in (entry.affiliation, f"ORCID {entry.orcid}" if entry.orcid else "") if part)
            where = f" ({known})" if known else ""
            return f"{entry.name}{where}{': ' if entry.roles else ''}{', '.join(entry.roles)}"
        case Amendment():
            return f"{entry.day.isoformat()}, version {entry.version}, {entry.section}: {entry.change} Reason: {entry.reason}"
        case Milestone():
            return f"{entry.day.isoformat()}: {entry.what}"
        case _:
            return str(entry).strip()

"""Writing Outlook messages (MS-OXMSG in a compound file, MS-CFB), for tests that read them back."""

import struct
from collections.abc import Mapping

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Storage = Mapping[str, "bytes | Storage"]


def message(subject: str, body: str, to: str, sent: int, attachments: Mapping[str, bytes]) -> bytes:
    """A message; `sent` in seconds since 1970."""
    ticks = struct.pack("<Q", (sent + 11_644_473_600) * 10_000_000)
    root: dict[str, bytes | Storage] = dict(_texts({0x0037: subject, 0x1000: body, 0x0C1A: "Ann Lee"}))
    root["__properties_version1.0"] = struct.pack(
        "<8x4I8x", 1, len(attachments), 1, len(attachments)
    ) + b"".join(
        [
            *(_property(tag, 0x001F) for tag in (0x0037, 0x1000, 0x0C1A)),
            struct.pack("<HHI", 0x0040, 0x0039, 6) + ticks,
        ]
    )
    root["__recip_version1.0_#00000000"] = {
        **_texts({0x3001: to, 0x3003: "bo@harbour.example"}),
        "__properties_version1.0": bytes(8) + _property(0x3001, 0x001F) + _property(0x3003, 0x001F),
    }
    for number, (name, data) in enumerate(attachments.items()):
        root[f"__attach_version1.0_#{number:08X}"] = {
            **_texts({0x3707: name}),
            "__substg1.0_37010102": data,
            "__properties_version1.0": bytes(8)
            + _property(0x3707, 0x001F)
            + _property(0x3701, 0x0102)
            + struct.pack("<HHII4x", 0x0003, 0x3705, 6, 1),
        }
    return _compound_file(root)


def _texts(values: Mapping[int, str]) -> dict[str, bytes]:
    return {f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le") for tag, text in values.items()}


def _property(tag: int, kind: int) -> bytes:
    return struct.pack("<HHI8x", kind, tag, 6)


class _Sectors:
    """Chains of sectors of one size, and the table that links them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data: list[bytes] = []
        self.table: list[int] = []

    def store(self, content: bytes) -> int:
        first, count = len(self.data), -(-len(content) // self.size)
        for n in range(count):
            self.data.append(content[n * self.size : (n + 1) * self.size].ljust(self.size, b"\0"))
            self.table.append(first + n + 1 if n + 1 < count else _END)
        return first if count else _END


def _compound_file(root: Storage) -> bytes:
    """Siblings in a chain, short streams in the mini stream."""
    entries: list[list[object]] = []  # name, kind, child, right sibling, content

    def add(name: str, held: "bytes | Storage", kind: int) -> int:
        at = len(entries)
        entries.append([name, kind, _FREE, _FREE, held if isinstance(held, bytes) else b""])
        before = None
        for inner, content in () if isinstance(held, bytes) else held.items():
            one = add(inner, content, 2 if isinstance(content, bytes) else 1)
            entries[at if before is None else before][2 if before is None else 3] = one
            before = one
        return at

    add("Root Entry", root, 5)
    sectors, mini = _Sectors(_SECTOR), _Sectors(64)
    starts: list[int] = []
    for _, kind, _, _, content in entries:
        assert isinstance(content, bytes)
        starts.append((mini if len(content) < 4096 else sectors).store(content) if kind == 2 else 0)
    short = b"".join(mini.data)
    starts[0], entries[0][4] = sectors.store(short), short
    mini_table = sectors.store(struct.pack(f"<{len(mini.table)}I", *mini.table).ljust(_SECTOR, b"\xff"))
    directory = b""
    for (name, kind, child, right, content), start in zip(entries, starts, strict=True):
        assert isinstance(name, str)
        assert isinstance(content, bytes)
        wide = name.encode("utf-16-le") + b"\0\0"
        directory += wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, _FREE, right, child)
        directory += bytes(36) + struct.pack("<IQ", start, len(content))
    first_of_directory = sectors.store(directory)
    fat = [*sectors.table, _FAT]
    assert len(fat) <= 128
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, first_of_directory, 0, 4096, mini_table, 1, _END, 0)
    header += struct.pack("<109I", len(sectors.data), *[_FREE] * 108)
    return header + b"".join(sectors.data) + struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))

"""Copies the third-party browser assets into the tree and proves later that nobody changed them.

    python -m core.devtools.vendor_assets            fetch every package (needs npm and fonttools)
    python -m core.devtools.vendor_assets --check    compare with the recorded hashes (needs neither)

Names, versions and licences stand in ``static/vendor/VENDORED.json``. The files are committed, so running the
product needs no node. The check is part of the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "static" / "vendor" / "VENDORED.json"

ICONS = [
    "adjustments",
    "alert-triangle",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "barcode",
    "bell",
    "box",
    "building-bank",
    "building-warehouse",
    "calendar",
    "cash-banknote",
    "chart-bar",
    "check",
    "checklist",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "circle",
    "circle-check",
    "circle-x",
    "clipboard-check",
    "clock-hour-3",
    "coin",
    "command",
    "copy",
    "credit-card",
    "database-search",
    "dots",
    "download",
    "external-link",
    "eye",
    "file",
    "file-invoice",
    "file-spreadsheet",
    "file-text",
    "filter",
    "forms",
    "help",
    "history",
    "home",
    "inbox",
    "info-circle",
    "key",
    "keyboard",
    "language",
    "layout-sidebar-left-collapse",
    "list-check",
    "lock",
    "logout",
    "mail",
    "map-pin",
    "menu-2",
    "message",
    "minus",
    "moon",
    "package",
    "paperclip",
    "pencil",
    "phone",
    "photo",
    "player-play",
    "plug",
    "plus",
    "printer",
    "receipt",
    "refresh",
    "report-money",
    "rotate",
    "rotate-clockwise",
    "scale",
    "search",
    "selector",
    "settings",
    "shield-lock",
    "shopping-cart",
    "sort-ascending",
    "sort-descending",
    "star",
    "sum",
    "sun",
    "sun-moon",
    "table-import",
    "tag",
    "trash",
    "truck-delivery",
    "upload",
    "user",
    "users",
    "writing-sign",
    "x",
    "zoom-in",
    "zoom-out",
    "zoom-reset",
]


MIT_TEXT = """The MIT License (MIT)

Copyright (c) {author} and contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


@dataclass(frozen=True)
class Asset:
    """One file to write from `source`, a path inside the package; `build` where a copy is not enough."""

    target: str
    source: str
    change: str = ""
    build: Callable[[Path, Path], bytes] | None = None


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    licence: str
    assets: list[Asset] = field(default_factory=list)


def without_source_map(package: Path, source: Path) -> bytes:
    """Drops the pointer to a map that is not shipped: the static file manifest would look for it and fail."""
    text = source.read_text(encoding="utf-8")
    return re.sub(r"\n?(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+)\s*$", "\n", text).encode(
        "utf-8"
    )


def mit_licence(package: Path, source: Path) -> bytes:
    """The licence text that a package names without carrying it, with its author."""
    author = json.loads(source.read_text(encoding="utf-8"))["author"]
    return MIT_TEXT.format(author=author).encode("utf-8")


def icon_sprite(package: Path, source: Path) -> bytes:
    """One <symbol> an icon, id `i-<name>`; stroke and colour come from the page's style sheet."""
    symbols = []
    for name in sorted(ICONS):
        svg = (package / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        body = svg.split(">", 1)[1].rsplit("</svg>", 1)[0]
        shapes = [" ".join(line.split()) for line in body.splitlines() if line.strip()]
        shapes = [shape for shape in shapes if 'd="M0 0h24v24H0z"' not in shape]
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>')
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    return sprite.encode("utf-8")


# Signs of given names and firms that GB2312 lacks: in bold too, so that no name changes its weight.
NAME_SIGNS = (
    "喆堃玥镕犇翀旻昇珺琰垚赟祎嫄璟瑄玙昉晟暐烜煊燚珅珈珞琀琇琪瑀瑛璐瓀祺禛秾筠羿翊芃芊苒萱蓥蘅袆訸诩谞轶鄞钰铄铮锃锜锳镛"
    "韫颢飏骁骐骕骞鑫麒麟龑淏溦滢潆澍濛焜熠燊爔珏珣珵琎琤瑨璠璘瓒皓皞睿砼硒竑笪粿綝翎翚耒脩芮荥菡蒗蔺蕤蘩蠡衎諲谟赑迤邈郦酩釥銮錡鋆鎏鏐鑅"
    "閎闓靑頔顗顼馗騄髙鲲鹍黻齮龢啟國會東華車長門開關電興業發豐廠廣億儀機械銀鋼鐵錢龍鳳"
)


def characters_of(charset: str) -> set[int]:
    """Code points a two-byte Chinese character set can hold, with Latin-1 and the signs our documents use."""
    points = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100))
    points |= {ord(sign) for sign in "€¥£–—‘’“”…•·×÷→←↑↓▲▼▶✔✖✍●○◔◯■□▣①②③④⑤⑥⑦⑧⑨⑩№℃㎡Ω−≤≥≠≈"}
    for high in range(0x81, 0xFF):
        for low in range(0x40, 0xFF):
            try:
                points |= {ord(sign) for sign in bytes([high, low]).decode(charset)}
            except UnicodeDecodeError:
                continue
    return points


def font_subset(charset: str, more: str = "") -> Callable[[Path, Path], bytes]:
    def build(package: Path, source: Path) -> bytes:
        from fontTools import subset

        options = subset.Options()
        options.hinting = False
        options.glyph_names = False
        options.layout_features = ["kern", "locl", "ccmp"]
        options.name_IDs = ["*"]
        options.notdef_outline = True
        options.drop_tables += ["vhea", "vmtx", "VORG", "DSIG", "BASE"]
        font = subset.load_font(str(source), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=characters_of(charset) | {ord(sign) for sign in more})
        subsetter.subset(font)
        with tempfile.NamedTemporaryFile(suffix=".ttf") as out:
            subset.save_font(font, out.name, options)
            return Path(out.name).read_bytes()

    return build


PACKAGES = [
    Package(
        "htmx.org",
        "2.0.10",
        "0BSD",
        [
            Asset("static/vendor/htmx/htmx.min.js", "dist/htmx.min.js"),
            Asset("static/vendor/htmx/LICENSE", "LICENSE"),
        ],
    ),
    Package(
        "@alpinejs/csp",
        "3.17.4",
        "MIT",
        [
            Asset("static/vendor/alpine/alpine-csp.min.js", "dist/cdn.min.js"),
            Asset("static/vendor/alpine/LICENSE", "package.json", "the licence it names", mit_licence),
        ],
    ),
    Package(
        "@tabler/core",
        "1.6.1",
        "MIT",
        [
            Asset(
                "static/vendor/tabler/tabler.min.css",
                "dist/css/tabler.min.css",
                "pointer to the source map removed",
                without_source_map,
            ),
            Asset("static/vendor/tabler/LICENSE", "package.json", "the licence it names", mit_licence),
        ],
    ),
    Package(
        "@tabler/icons",
        "3.51.0",
        "MIT",
        [
            Asset(
                "static/vendor/icons/icons.svg",
                "icons/outline",
                "the icons we use, as one sprite",
                icon_sprite,
            ),
            Asset("static/vendor/icons/LICENSE", "LICENSE"),
        ],
    ),
    Package(
        "tom-select",
        "2.6.2",
        "Apache-2.0",
        [
            Asset(
                "static/vendor/tom-select/tom-select.base.min.js",
                "dist/js/tom-select.base.min.js",
                "pointer to the source map removed",
                without_source_map,
            ),
            Asset("static/vendor/tom-select/LICENSE", "LICENSE"),
        ],
    ),
    Package(
        "@expo-google-fonts/noto-sans-sc",
        "0.4.3",
        "OFL-1.1",
        [
            Asset(
                "static/vendor/fonts/NotoSansSC-Regular.ttf",
                "400Regular/NotoSansSC_400Regular.ttf",
                "subset to the characters of GBK, hinting removed",
                font_subset("gbk"),
            ),
            Asset(
                "static/vendor/fonts/NotoSansSC-Bold.ttf",
                "700Bold/NotoSansSC_700Bold.ttf",
                "subset to GB2312 and the signs of names, hinting removed",
                font_subset("gb2312", NAME_SIGNS),
            ),
            Asset("static/vendor/fonts/OFL.txt", "LICENSE_FONT"),
        ],
    ),
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        [
            Asset("tests/vendor/axe.min.js", "axe.min.js"),
            Asset("tests/vendor/axe.LICENSE", "LICENSE"),
        ],
    ),
]


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch_package(package: Package, folder: Path) -> tuple[Path, str]:
    """Unpacked package folder and the hash of the archive."""
    subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = next(folder.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package", sha256_of(archive)


def write_assets(package: Package) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as scratch:
        unpacked, archive_hash = fetch_package(package, Path(scratch))
        files = []
        for asset in package.assets:
            target, source = ROOT / asset.target, unpacked / asset.source
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(asset.build(unpacked, source) if asset.build else source.read_bytes())
            entry = {"path": asset.target, "source": asset.source, "sha256": sha256_of(target)}
            files.append(entry | ({"change": asset.change} if asset.change else {}))
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "archive_sha256": archive_hash,
        "files": files,
    }


def changed_files() -> list[str]:
    """Vendored files that are missing or no longer what was recorded."""
    recorded = json.loads(MANIFEST.read_text(encoding="utf-8"))
    entries: Iterable[dict[str, str]] = [
        entry for package in recorded["packages"] for entry in package["files"]
    ]
    return [
        entry["path"]
        for entry in entries
        if not (ROOT / entry["path"]).is_file() or sha256_of(ROOT / entry["path"]) != entry["sha256"]
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="verify the recorded hashes and change nothing")
    if parser.parse_args(arguments).check:
        wrong = changed_files()
        for path in wrong:
            sys.stderr.write(f"{path}: missing or changed since it was vendored\n")
        return 1 if wrong else 0
    manifest = {"packages": [write_assets(package) for package in PACKAGES]}
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

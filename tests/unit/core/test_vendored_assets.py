"""What we ship of others is what was recorded, with its licence, and needs nothing from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from core.devtools.vendor_assets import ICONS, MANIFEST, PACKAGES, changed_files, main

ROOT = Path(__file__).resolve().parents[3]
OURS = sorted((ROOT / "static" / "js").glob("*.js")) + sorted((ROOT / "static" / "css").glob("*.css"))


def test_no_vendored_file_has_changed() -> None:
    assert changed_files() == []
    assert main(["--check"]) == 0


def test_every_package_is_recorded_with_version_and_licence() -> None:
    recorded = {(p["name"], p["version"], p["licence"]) for p in json.loads(MANIFEST.read_text())["packages"]}
    assert recorded == {(p.name, p.version, p.licence) for p in PACKAGES}


def test_nothing_lies_in_the_vendor_folder_unrecorded() -> None:
    recorded = {file["path"] for p in json.loads(MANIFEST.read_text())["packages"] for file in p["files"]}
    present = {
        str(path.relative_to(ROOT)) for path in (ROOT / "static" / "vendor").rglob("*") if path.is_file()
    }
    assert present - recorded == {"static/vendor/VENDORED.json"}


def test_the_sprite_has_every_icon() -> None:
    sprite = (ROOT / "static" / "vendor" / "icons" / "icons.svg").read_text()
    assert set(re.findall(r'id="i-([\w-]+)"', sprite)) == set(ICONS)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_own_scripts_and_sheets_load_nothing_from_another_host(path: Path) -> None:
    text = re.sub(r'"http://www\.w3\.org/[^"]*"', "", path.read_text(encoding="utf-8"))
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]{2,}", text)


@pytest.mark.parametrize("path", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_every_keydown_handler_lets_the_input_method_finish(path: Path) -> None:
    """Enter that picks a candidate must not act: each handler asks first."""
    text = path.read_text(encoding="utf-8")
    handlers = len(re.findall(r"addEventListener\(\s*[\"']keydown[\"']", text))
    assert not handlers or "isComposing" in text

"""The component page and sign-in, looked at by a real browser in both themes, languages and widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.models import User
from tests.browser.axe import assert_accessible, small_targets, width_beyond_the_screen
from tests.conftest import Cast
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def ui(cast: Cast, page: Page, live_server: Any, sign_in: Callable[[User], None]) -> Callable[..., Page]:
    def show(theme: str = "light", language: str = "zh-hans", screen: dict[str, int] = WIDE) -> Page:
        User.objects.filter(pk=cast.assistant.pk).update(theme=theme, language=language)
        sign_in(cast.assistant)
        page.set_viewport_size(screen)
        page.goto(f"{live_server.url}/ui/")
        page.wait_for_load_state("networkidle")
        return page

    return show


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_is_accessible(ui: Callable[..., Page], theme: str, language: str) -> None:
    page = ui(theme, language)
    assert page.get_attribute("html", "data-theme") == theme
    assert_accessible(page)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_on_a_phone_nothing_scrolls_sideways_and_every_target_can_be_hit(
    ui: Callable[..., Page], language: str
) -> None:
    page = ui("light", language, PHONE)
    assert width_beyond_the_screen(page) == 0
    assert small_targets(page) == []
    assert_accessible(page)


def test_on_a_desk_every_target_can_be_hit(ui: Callable[..., Page]) -> None:
    assert small_targets(ui()) == []


def test_dialogs_menus_and_sheets_are_accessible_when_open(ui: Callable[..., Page]) -> None:
    page = ui()
    page.locator("[data-open-shortcuts]").click()
    expect(page.locator("#shortcut-sheet")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("[data-dialog-act] > summary").first.click()
    expect(page.locator("#action-dialog textarea")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("summary.topbar-link").click()
    assert_accessible(page)


def test_a_reason_typed_into_a_dialog_survives_escape(ui: Callable[..., Page]) -> None:
    page = ui()
    opener = page.locator("[data-dialog-act] > summary").first
    opener.click()
    page.locator("#action-dialog textarea").fill("客户改期")
    page.keyboard.press("Escape")
    expect(page.locator("#action-dialog")).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(page.locator("#action-dialog textarea")).to_have_value("客户改期")


def test_a_list_is_walked_selected_and_previewed_by_keys(ui: Callable[..., Page]) -> None:
    page = ui()
    page.locator("#main").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-row].is-selected")).to_have_count(1)
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.locator("#peek")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#peek")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/ui/?open")


def test_single_letters_are_silent_in_fields_and_when_turned_off(ui: Callable[..., Page], cast: Cast) -> None:
    page = ui()
    page.locator("#id_note").fill("")
    page.locator("#id_note").press("?")
    expect(page.locator("#shortcut-sheet")).to_be_hidden()
    User.objects.filter(pk=cast.assistant.pk).update(uses_single_keys=False)
    page.reload()
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.locator("#shortcut-sheet")).to_be_hidden()


def test_choosing_a_candidate_of_the_input_method_submits_nothing(ui: Callable[..., Page]) -> None:
    page = ui()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate(
        """() => document.querySelectorAll("form input, form textarea, form select").forEach((field) => {
          for (const extra of [{ctrlKey: true}, {}]) {
            field.dispatchEvent(new KeyboardEvent("keydown",
              {key: "Enter", isComposing: true, bubbles: true, cancelable: true, ...extra}));
            field.dispatchEvent(new KeyboardEvent("keydown",
              {key: "Enter", keyCode: 229, bubbles: true, cancelable: true, ...extra}));
          }
        })"""
    )
    page.wait_for_timeout(200)
    assert sent == []


def test_a_double_click_sends_a_form_once(page: Page, live_server: Any, db: None) -> None:
    page.goto(f"{live_server.url}/login/")
    sent: list[str] = []
    page.route(
        "**/login/",
        lambda route: (sent.append(route.request.method), page.wait_for_timeout(200), route.continue_()),
    )
    page.fill("[name=username]", "chenli")
    page.fill("[name=password]", "wrong")
    page.locator("[type=submit].btn-primary").dblclick()
    page.wait_for_load_state("networkidle")
    assert sent.count("POST") == 1


def test_a_chosen_file_is_named_and_can_be_taken_back(ui: Callable[..., Page]) -> None:
    page = ui()
    page.set_input_files("#id_slip", {"name": "水单.png", "mimeType": "image/png", "buffer": b"x" * 2048})
    shown = page.locator("[data-file-drop]").first.locator("[data-file-list]")
    expect(shown).to_contain_text("水单.png")
    expect(shown).to_contain_text("2.0 KB")
    shown.get_by_role("button").click()
    assert page.evaluate("document.querySelector('#id_slip').files.length") == 0


def test_the_page_keeps_to_the_content_security_policy_and_to_its_own_host(
    ui: Callable[..., Page], page: Page, live_server: Any
) -> None:
    complaints: list[str] = []
    elsewhere: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            elsewhere.append(request.url) if not request.url.startswith((live_server.url, "data:")) else None
        ),
    )
    ui()
    assert complaints == []
    assert elsewhere == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_is_accessible(page: Page, live_server: Any, theme: str, language: str) -> None:
    page.context.add_cookies(
        [
            {"name": "theme", "value": theme, "url": live_server.url},
            {"name": "django_language", "value": language, "url": live_server.url},
        ]
    )
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/login/")
    assert_accessible(page)
    assert width_beyond_the_screen(page) == 0
    assert small_targets(page) == []
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "wrong")
    page.locator("[type=submit].btn-primary").click()
    expect(page.locator(".field-error")).to_be_visible()
    assert_accessible(page)


def test_without_script_people_sign_in_open_the_menu_and_give_a_reason(
    cast: Cast, browser: Browser, live_server: Any
) -> None:
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/login/?next=/ui/")
    page.fill("[name=username]", "chenli")
    page.fill("[name=password]", PASSWORD)
    page.locator("[type=submit].btn-primary").click()
    page.wait_for_url("**/ui/")
    page.locator("[data-dialog-act] > summary").first.click()
    expect(page.locator("[data-dialog-act] textarea").first).to_be_visible()
    assert width_beyond_the_screen(page) == 0
    page.locator("[data-menu-open]").click()
    expect(page.locator(".rail-list")).to_be_visible()
    page.locator("[data-menu-close]").click()
    expect(page.locator(".rail-list")).to_be_hidden()
    page.context.close()


def test_the_menu_of_a_phone_opens_closes_and_gives_the_focus_back(ui: Callable[..., Page]) -> None:
    page = ui("light", "zh-hans", PHONE)
    page.locator("[data-menu-open]").click()
    expect(page.locator(".rail-list")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator(".rail-list")).to_be_hidden()
    expect(page.locator("[data-menu-open]")).to_be_focused()


def test_the_narrow_menu_is_remembered(ui: Callable[..., Page]) -> None:
    page = ui()
    page.locator("[data-rail-toggle]").click()
    page.reload()
    assert page.get_attribute("html", "data-rail") == "narrow"
    assert page.locator("#rail").bounding_box()["width"] == 56  # type: ignore[index]


def test_the_first_tab_stop_leads_past_the_menu(ui: Callable[..., Page]) -> None:
    page = ui()
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_focus_is_never_hidden_under_a_bar(ui: Callable[..., Page]) -> None:
    page = ui()
    hidden: list[str] = []
    for _stop in range(70):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
              const focused = document.activeElement;
              if (!focused.closest("main") || focused === document.querySelector("main")) return "";
              const box = focused.getBoundingClientRect();
              const bar = document.querySelector(".topbar").getBoundingClientRect();
              const under = box.bottom <= bar.bottom && box.bottom > 0;
              return under || box.top >= innerHeight ? focused.outerHTML.slice(0, 100) : "";
            }"""
        )
        if found:
            hidden.append(found)
    assert hidden == []

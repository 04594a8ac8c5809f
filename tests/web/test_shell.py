"""The shell: sign-in and out, language, theme, keys, errors, and what every page must contain."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from core.models import User
from core.navigation import NavItem, _longest_match, may_see
from tests.conftest import Cast
from tests.factories import PASSWORD

SignedIn = Callable[[User], Client]


@pytest.fixture
def ui_html(signed_in: SignedIn, cast: Cast) -> str:
    return signed_in(cast.assistant).get("/ui/").content.decode()


def test_a_person_signs_in_and_goes_where_they_wanted(client: Client, cast: Cast) -> None:
    answer = client.post("/login/", {"username": "chenli", "password": PASSWORD, "next": "/ui/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/ui/"
    assert client.get("/ui/").status_code == 200


def test_a_wrong_password_is_told_at_the_field_and_the_name_is_kept(client: Client, cast: Cast) -> None:
    answer = client.post("/login/", {"username": "chenli", "password": "wrong"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="chenli"' in html
    assert 'aria-describedby="id_password_error"' in html
    assert 'id="id_password_error"' in html
    assert "wrong" not in re.findall(r'value="([^"]*)"', html)


def test_the_sixth_wrong_password_shows_a_page_that_says_how_long(client: Client, cast: Cast) -> None:
    for _attempt in range(5):
        answer = client.post("/login/", {"username": "chenli", "password": "wrong"})
    assert answer.status_code == 429
    assert "15" in answer.content.decode()
    assert client.post("/login/", {"username": "chenli", "password": PASSWORD}).status_code == 429


def test_the_demo_people_are_listed_only_in_the_demo_company(
    client: Client, cast: Cast, settings: LazySettings
) -> None:
    settings.DEMO = False
    assert "陈丽" not in client.get("/login/").content.decode()
    settings.DEMO = True
    html = client.get("/login/?username=chenli").content.decode()
    assert "陈丽" in html
    assert "ERP" not in html
    assert 'value="chenli"' in html


def test_signing_out_needs_a_post(signed_in: SignedIn, cast: Cast) -> None:
    client = signed_in(cast.assistant)
    assert client.get("/logout/").status_code == 405
    assert client.get("/ui/").status_code == 200
    assert client.post("/logout/").status_code == 302
    assert client.get("/ui/").status_code == 302


def test_the_language_is_kept_on_the_person_and_in_a_cookie(signed_in: SignedIn, cast: Cast) -> None:
    client = signed_in(cast.assistant)
    assert '<html lang="zh-Hans"' in client.get("/ui/").content.decode()
    answer = client.post("/language/", {"language": "en", "next": "/ui/"})
    assert answer["Location"] == "/ui/"
    cast.assistant.refresh_from_db()
    assert cast.assistant.language == "en"
    assert answer.cookies["django_language"].value == "en"
    assert '<html lang="en"' in client.get("/ui/").content.decode()
    client.post("/logout/")
    assert '<html lang="en"' in client.get("/login/").content.decode()


def test_an_unknown_language_or_theme_changes_nothing(signed_in: SignedIn, cast: Cast) -> None:
    client = signed_in(cast.assistant)
    client.post("/language/", {"language": "xx"})
    client.post("/theme/", {"theme": "pink"})
    cast.assistant.refresh_from_db()
    assert (cast.assistant.language, cast.assistant.theme) == ("zh-hans", "auto")


def test_the_theme_goes_from_the_device_to_light_to_dark_and_back(signed_in: SignedIn, cast: Cast) -> None:
    client = signed_in(cast.assistant)
    for offered in ("light", "dark", "auto"):
        html = client.get("/ui/").content.decode()
        assert f'name="theme" value="{offered}"' in html
        client.post("/theme/", {"theme": offered})
        assert f'data-theme="{offered}"' in client.get("/ui/").content.decode()


def test_single_letter_keys_can_be_turned_off(signed_in: SignedIn, cast: Cast) -> None:
    client = signed_in(cast.assistant)
    assert 'data-single-keys="on"' in client.get("/ui/").content.decode()
    client.post("/single-keys/", {"single_keys": "off"})
    assert 'data-single-keys="off"' in client.get("/ui/").content.decode()


@pytest.mark.parametrize("address", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(signed_in: SignedIn, cast: Cast, address: str) -> None:
    answer = signed_in(cast.assistant).post("/theme/", {"theme": "dark", "next": address})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("address", ["/language/", "/theme/", "/single-keys/"])
def test_a_choice_is_never_made_by_a_get(signed_in: SignedIn, cast: Cast, address: str) -> None:
    assert signed_in(cast.assistant).get(address).status_code == 405


def test_the_components_are_for_signed_in_staff(client: Client, db: None) -> None:
    answer = client.get("/ui/")
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/ui/"


def test_no_page_carries_inline_script_or_style(ui_html: str, client: Client) -> None:
    for html in (ui_html, client.get("/login/").content.decode(), client.get("/nowhere/").content.decode()):
        assert not re.search(r"\sstyle\s*=", html)
        assert not re.search(r"\son\w+\s*=\s*[\"']", html)
        assert not re.search(r"<style\b", html)
        assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", html))


def test_every_form_that_posts_carries_its_token(ui_html: str) -> None:
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", ui_html, re.DOTALL)
    assert len(forms) >= 6
    assert all("csrfmiddlewaretoken" in form for form in forms)


def test_no_element_id_is_used_twice(ui_html: str) -> None:
    ids = re.findall(r"\sid=\"([^\"]+)\"", ui_html)
    assert sorted(ids) == sorted(set(ids))


def test_everything_a_label_or_a_description_points_at_exists(ui_html: str) -> None:
    ids = set(re.findall(r"\sid=\"([^\"]+)\"", ui_html))
    pointed = {
        name
        for value in re.findall(r"aria-(?:describedby|labelledby|controls)=\"([^\"]+)\"", ui_html)
        for name in value.split()
    }
    pointed |= set(re.findall(r"<label[^>]*\sfor=\"([^\"]+)\"", ui_html))
    assert pointed - ids == set()


def test_every_icon_is_in_the_sprite(ui_html: str) -> None:
    from core.devtools.vendor_assets import ICONS

    assert set(re.findall(r"#i-([\w-]+)", ui_html)) <= set(ICONS)


def test_the_disabled_action_says_why(ui_html: str) -> None:
    assert re.search(r'aria-disabled="true"[^>]*data-why="[^"]+"', ui_html)


def test_an_unknown_page_offers_a_way_out_and_the_request_number(
    client: Client, settings: LazySettings, db: None
) -> None:
    settings.DEBUG = False
    answer = client.get("/no-such-page/", headers={"X-Request-ID": "abcdef12-0001"})
    html = answer.content.decode()
    assert answer.status_code == 404
    assert 'href="/"' in html
    assert "abcdef12-0001" in html


def test_a_failure_shows_the_request_number_and_reads_no_database(rf: RequestFactory) -> None:
    from core.views import show_failure

    request = rf.get("/")
    request.request_id = "abcdef12-0002"  # type: ignore[attr-defined]
    answer = show_failure(request)
    assert answer.status_code == 500
    assert "abcdef12-0002" in answer.content.decode()


def test_a_stale_form_is_told_so_in_words(cast: Cast, settings: LazySettings) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert 'href="/"' in answer.content.decode()


def test_the_rail_shows_an_entry_only_to_those_who_may(cast: Cast) -> None:
    item = NavItem("Monthly report", "ui", "chart-bar", permission=("no.such", "reports.view"))
    assert not may_see(item, cast.picker)
    assert may_see(NavItem("Home", "ui", "home"), cast.picker)


def test_the_longest_matching_entry_is_the_current_one() -> None:
    home, orders, quotes = (NavItem(name, name, "home") for name in ("home", "orders", "quotes"))
    entries = [(home, ("/",)), (orders, ("/orders/",)), (quotes, ("/orders/quotes/", "/enquiries/"))]
    assert _longest_match(entries, "/") is home
    assert _longest_match(entries, "/orders/SO1/") is orders
    assert _longest_match(entries, "/orders/quotes/7/") is quotes
    assert _longest_match(entries, "/enquiries/") is quotes
    assert _longest_match(entries, "/elsewhere/") is None


def test_every_address_of_the_shell_has_a_name() -> None:
    assert [reverse(name) for name in ("login", "logout", "language", "theme", "ui")] == [
        "/login/",
        "/logout/",
        "/language/",
        "/theme/",
        "/ui/",
    ]


def test_sorting_keeps_the_filters_and_drops_the_cursor(rf: RequestFactory) -> None:
    request = rf.get("/", {"status": "draft", "sort": "number", "cursor": "abc"})
    html = Template('{% load ui %}{% sort_header "number" "No." %}').render(Context({"request": request}))
    assert 'aria-sort="ascending"' in html
    assert "?status=draft&amp;sort=-number" in html
    assert "cursor" not in html

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import translation

from config.middleware import ContentSecurityPolicyMiddleware, LanguageMiddleware, RequestIdMiddleware
from config.network import client_address
from core.context import current


def policy_of(path: str) -> dict[str, str]:
    response = ContentSecurityPolicyMiddleware(lambda request: HttpResponse())(RequestFactory().get(path))
    directives = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in directives}


def spoken(request: HttpRequest) -> str | None:
    answer = LanguageMiddleware(lambda request: HttpResponse(translation.get_language()))(request)
    return answer.content.decode()


def test_our_pages_allow_no_inline_script_and_no_frame() -> None:
    policy = policy_of("/orders/")

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"


@pytest.mark.parametrize("path", ["/admin/orders/", "/api/docs/"])
def test_only_pages_that_are_not_ours_may_style_inline(path: str) -> None:
    assert policy_of(path)["style-src"] == "'self' 'unsafe-inline'"
    assert "unsafe-inline" not in policy_of(path)["script-src"]


def test_a_page_is_chinese_whatever_the_browser_prefers() -> None:
    assert spoken(RequestFactory().get("/", headers={"Accept-Language": "en-US"})) == "zh-hans"


def test_a_person_s_language_wins_over_the_cookie() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["django_language"] = "zh-hans"
    request.user = type("Person", (), {"language": "en"})()

    assert spoken(request) == "en"


def test_before_sign_in_the_cookie_decides() -> None:
    request = RequestFactory().get("/login/")
    request.COOKIES["django_language"] = "en"

    assert spoken(request) == "en"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("en", "en"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh-CN", "zh-hans"),
        ("fr", "zh-hans"),
        ("", "zh-hans"),
        (";;q=", "zh-hans"),
    ],
)
def test_the_api_speaks_what_the_client_accepts(accepted: str, expected: str) -> None:
    request = RequestFactory().get("/api/v1/orders/", headers={"Accept-Language": accepted})

    assert spoken(request) == expected


def test_every_answer_carries_the_number_that_the_trail_records() -> None:
    seen: list[tuple[str, str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((current().request_id, current().channel, current().source_address))
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/api/v1/orders/"))

    assert seen == [(response["X-Request-ID"], "api", "127.0.0.1")]
    assert current().request_id == ""


@pytest.mark.parametrize("given", ["x", "a" * 65, "abcdefgh\r\nSet-Cookie: a=b", "<script>alert(1)"])
def test_a_number_that_is_none_is_replaced(given: str) -> None:
    request = RequestFactory().get("/")
    request.META["HTTP_X_REQUEST_ID"] = given

    assert RequestIdMiddleware(lambda request: HttpResponse())(request)["X-Request-ID"] != given


def test_a_forged_forwarded_header_does_not_change_the_address() -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9"})

    assert client_address(request) == "127.0.0.1"


@override_settings(PROXY_COUNT=1)
def test_behind_our_proxy_only_its_own_entry_counts() -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})

    assert client_address(request) == "203.0.113.9"

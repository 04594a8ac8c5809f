"""What can be told of the image and the services by reading them; running them needs a container engine."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
COLLECT_WITHOUT_COMPRESSING = """
import django
from django.conf import settings
from django.core.management import call_command

django.setup()
NOT_TO_COMPRESS = "css gz html ico js json jpg map md png svg ttf txt woff woff2 xml yml"
settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = NOT_TO_COMPRESS.split()  # it takes minutes and cannot fail
call_command("collectstatic", interactive=False, verbosity=0)
"""
OURS = ("migrate", "web", "worker", "beat", "poller")


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "web"}))
def test_every_lasting_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_unprivileged_and_take_secrets_from_files(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["environment"]["SECRET_KEY_FILE"] == "/run/secrets/secret_key"
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(service["environment"])


def test_the_image_has_a_health_check_and_no_root() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()

    assert "USER shundan" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)


def test_static_files_can_be_collected_for_production(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "-c", COLLECT_WITHOUT_COMPRESSING],
        cwd=ROOT,
        env=clean
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SHUNDAN_MODE": "production",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": "build.invalid",
            "APP_VAR": str(tmp_path),
            "STATIC_ROOT": str(tmp_path / "static"),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()

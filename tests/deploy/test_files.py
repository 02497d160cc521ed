"""Units, compose and proxy samples fit what the product does."""

import re
import shutil
import subprocess

import pytest
import yaml

import collective
from collective.celery import app
from dev import documented, servers
from tests.deploy import units

COMPOSE = yaml.safe_load((servers.ROOT / "compose.yaml").read_text())
LONG_LIVED = ["database", "broker", "web", "worker", "beat", "stand-in"]
OF_THE_IMAGE = {"web"}
WITHOUT_A_BROKER = {"stand-in"}  # it starts again by itself, and says nothing in between


@pytest.mark.parametrize("name", units.NAMES)
def test_each_unit_starts_a_role_from_the_version_that_is_current(name):
    python, role, *_ = units.command(name, "/opt/collective/current")

    assert python == "/opt/collective/current/venv/bin/python"
    assert role == "/opt/collective/current/bin/role"


@pytest.mark.parametrize("name", units.NAMES)
def test_each_unit_may_do_little(name):
    service = units.service(name)

    assert service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"].startswith("/var/lib/collective")
    assert service["User"] == "collective"


def test_worker_has_time_for_its_tasks_before_it_is_killed():
    needed = app.conf.worker_soft_shutdown_timeout + app.conf.task_time_limit

    assert int(units.service("collective-worker.service")["TimeoutStopSec"]) > needed
    assert int(COMPOSE["services"]["worker"]["stop_grace_period"].removesuffix("s")) > needed


@pytest.mark.parametrize("name", LONG_LIVED)
def test_each_service_of_compose_has_a_limit_for_its_log_and_a_health_check(name):
    service = COMPOSE["services"][name]

    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    looked_at = "test" in service.get("healthcheck", {})
    assert looked_at is (name not in OF_THE_IMAGE | WITHOUT_A_BROKER)


def test_image_bears_the_version_of_the_product():
    assert f"ARG VERSION={collective.__version__}\n" in (servers.ROOT / "Dockerfile").read_text()


def test_samples_of_proxies_keep_keys_out_of_their_logs():
    caddy = (servers.ROOT / "deploy/proxy/collective.caddy").read_text()
    nginx = (servers.ROOT / "deploy/proxy/collective.nginx").read_text()
    (kept_out,) = re.findall(r'request>uri regexp "(.*?)" ', caddy)
    link = "/follows/6f1c9f1e-0000-4000-8000-555555555555/stop/?key=secret"

    assert re.sub(kept_out, "...", link) == "/follows/..."
    assert not re.search(r"\$request\b|\$request_uri|\$args|\$http_referer", nginx)


def test_document_has_the_commands_that_are_tried():
    assert "/usr/local/src/collective/deploy/install.sh" in documented.commands("Install")
    assert "/usr/local/src/collective/deploy/install.sh" in documented.commands("Upgrade")


def test_whoever_is_told_to_stop_it_waits_until_all_have_ended():
    pages = [*(servers.ROOT / "docs").rglob("*.md")]
    told = [
        line for page in pages for line in re.findall(r"systemctl\s+stop[^`]*`", page.read_text())
    ]

    assert told
    assert {" ".join(line.split()) for line in told} == {
        "systemctl stop collective.target 'collective-*.service'`"
    }


@pytest.mark.parametrize(
    ("python", "is_anew"), [("true", False), ("false", True)], ids=["the same", "another"]
)
def test_release_whose_python_is_another_now_is_installed_for_it(tmp_path, python, is_anew):
    (tmp_path / "venv/bin").mkdir(parents=True)
    (tmp_path / "venv/bin/python").symlink_to(shutil.which(python))
    (tmp_path / ".complete").touch()
    steps = (
        f'. {servers.ROOT}/deploy/steps.sh; install_python() {{ echo "anew: $1"; }}; release="$1"'
    )

    command = ["bash", "-c", f"set -eu; {steps}; build_release", "-", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert (f"anew: {tmp_path}" in done.stdout) == is_anew
    assert (tmp_path / ".complete").exists()


def test_certbot_is_told_to_add_no_server_with_a_log_of_its_own():
    nginx = (servers.ROOT / "deploy/proxy/collective.nginx").read_text()

    assert "certbot --nginx --no-redirect" in nginx

"""`make test-idps`: full logins against identity providers of other projects. Installs them when it can."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import setup
from tools.setup import ROOT
from tools.test import pytest

PHP_MODULES = {"dom": "php-xml", "mbstring": "php-mbstring", "openssl": "php-cli", "session": "php-cli"}
CACHE = ROOT / "var" / "idps"
NPM_PROVIDERS = ("oidc-provider", "samlp")
DJANGO_OAUTH_TOOLKIT = CACHE / "django-oauth-toolkit"  # an environment of its own
REQUIREMENTS = ROOT / "requirements" / "idps.txt"
SYSTEM_FOLDER = Path("/usr/share/simplesamlphp")


def simplesamlphp_folder() -> Path:
    """Folder of SimpleSAMLphp: installed, or unpacked from Debian's package."""
    return SYSTEM_FOLDER if SYSTEM_FOLDER.is_dir() else CACHE / "simplesamlphp" / "usr" / "share" / "simplesamlphp"


def missing_packages() -> list[str]:
    """Return the missing system packages, by Debian's names."""
    missing = [] if shutil.which("npm") else ["npm"]
    if not shutil.which("php"):
        return [*missing, *sorted({*PHP_MODULES.values()})]
    listed = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout.split()
    return [*missing, *sorted({package for module, package in PHP_MODULES.items() if module not in listed})]


def install_packages() -> None:
    """Install missing packages with apt-get where that is allowed; else exit with a sentence."""
    missing = missing_packages()
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"make test-idps needs PHP and npm: install {', '.join(missing)} (Debian's names).")
    print(f"Installing {', '.join(missing)} ...", flush=True)
    _apt_get("update", "-qq")
    _apt_get("install", "-y", "-qq", "--no-install-recommends", *missing)


def unpack_simplesamlphp() -> None:
    """Unpack Debian's package into the cache. Installing it would also start a web server of the system."""
    if simplesamlphp_folder().is_dir():
        return
    if not shutil.which("apt-get"):
        sys.exit(f"make test-idps needs SimpleSAMLphp 1.19 in {SYSTEM_FOLDER} (Debian's package simplesamlphp).")
    print("Unpacking Debian's package simplesamlphp ...", flush=True)
    if os.geteuid() == 0:
        _apt_get("update", "-qq")
    folder = CACHE / "simplesamlphp"
    folder.mkdir(parents=True, exist_ok=True)
    _apt_get("download", "-qq", "-o", "APT::Sandbox::User=root", "simplesamlphp", folder=folder)
    package = next(folder.glob("simplesamlphp_*.deb"))
    subprocess.run(["dpkg", "-x", str(package), str(folder)], check=True)


def install_from_npm(provider: str) -> None:
    """`npm ci` of the pinned versions into the cache, when the lock file changed."""
    source, folder = ROOT / "tests" / "idps" / provider, CACHE / provider
    lock, stamp = source / "package-lock.json", folder / "installed-lock"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    print(f"Installing {provider} from npm ...", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder / name)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]
    if subprocess.run(command, cwd=folder).returncode:
        sys.exit(f"npm could not install {provider}: the lines above say why.")
    shutil.copy(lock, stamp)


def install_django_oauth_toolkit() -> None:
    """The pinned versions into an environment of their own, when they changed."""
    if setup.is_installed(DJANGO_OAUTH_TOOLKIT, REQUIREMENTS):
        return
    try:
        setup.make_environment(DJANGO_OAUTH_TOOLKIT)
        setup.install(DJANGO_OAUTH_TOOLKIT, [REQUIREMENTS])
    except setup.SetupError as problem:
        sys.exit(f"make test-idps needs django-oauth-toolkit: {problem}")


def _apt_get(*arguments: str, folder: Path = ROOT) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"apt-get {arguments[0]} failed: the lines above say why.")


def main(arguments: list[str]) -> int:
    install_packages()
    unpack_simplesamlphp()
    for provider in NPM_PROVIDERS:
        install_from_npm(provider)
    install_django_oauth_toolkit()
    count = pytest("Foreign identity providers", ["-m", "idps", "tests/idps", *arguments], {})
    print(f"\n{count}", flush=True)
    return 0 if count.green else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Loopback ports: whether one is free, with a sentence when it is not."""

import errno
import http.client
import os
import socket


class PortRefused(Exception):
    """A port that cannot be used; the message is the sentence to print."""


def port_from_environment(name: str, default: int) -> int:
    """Raises PortRefused for what is no port number."""
    text = os.environ.get(name, "") or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise PortRefused(f"{name} has to be a number from 1 to 65535; it is '{text}'.")
    return int(text)


def check_free(name: str, port: int, host: str = "127.0.0.1") -> None:
    """Raises PortRefused when the port cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise PortRefused(_sentence(name, port, error)) from None


def _sentence(name: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: choose another one, for example {name}={port + 10} make run."
    return f"Port {port} cannot be used ({error.strerror}): choose another one with {name}=NUMBER make run."


def has_ipv6_loopback() -> bool:
    """Whether `localhost` may also mean ::1 here; browsers try that one first."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


def answers(port: int, host: str, path: str) -> bool:
    """Whether a web server on 127.0.0.1 answers this page when it is called `host`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

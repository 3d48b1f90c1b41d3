# SPDX-License-Identifier: GPL-2.0-only
"""What the system tests share: machines that end with their test, and a time limit for each test."""

import re
import signal

import pytest

from grub_image import remove_old_images
from paths import LOGS, scaled
from qemu import Machine

TEST_LIMIT = 600  # seconds, fixtures included


class TestTimeout(BaseException):
    """Not an Exception, so that no test catches it by accident."""


def pytest_sessionstart():
    remove_old_images()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """Ends a test that hangs in a place without a limit of its own."""
    def expired(*_):
        raise TestTimeout(f'{item.nodeid}: not done within {scaled(TEST_LIMIT):g} s')

    signal.signal(signal.SIGALRM, expired)
    signal.alarm(int(scaled(TEST_LIMIT)))
    yield
    signal.alarm(0)


class Machines:
    """Starts machines for a test or a module, and ends those that are left."""

    def __init__(self, name):
        self._name = re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('-')
        self._started = []

    def start(self, options, modules, **settings):
        """Boots the monitor with these options and (file, line) modules."""
        return self._keep(Machine.switchyard(self._next_name(), options, modules, **settings))

    def start_image(self, image, **settings):
        """Boots from this image, or with devices= from what they hold."""
        return self._keep(Machine(self._next_name(), image, **settings))

    def _next_name(self):
        number = len(self._started)
        return self._name + (f'-{number}' if number else '')

    def _keep(self, machine):
        self._started.append(machine)
        return machine

    @property
    def logs(self):
        """A folder for files that a test makes."""
        folder = LOGS / (self._name + '.files')
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def end(self):
        for machine in self._started:
            machine.quit()
        self._started.clear()


@pytest.fixture
def machines(request):
    """For tests that start machines of their own."""
    made = Machines(f'{request.module.__name__}.{request.node.name}')
    yield made
    made.end()


@pytest.fixture(scope='module')
def module_machines(request):
    """For module fixtures: one machine that several tests use."""
    made = Machines(request.module.__name__)
    yield made
    made.end()

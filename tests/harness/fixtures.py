# SPDX-License-Identifier: GPL-2.0-only
"""What system tests and soak tests share: machines that end with their test, a time limit for each test,
and what is kept of machines when a test fails."""

import contextlib
import ctypes
import os
import re
import signal
import threading

import pytest

from grub_image import remove_old_images
from paths import LOGS, scaled
from qemu import Machine

TEST_LIMIT = 600  # seconds, fixtures included; @pytest.mark.limit(SECONDS) sets another one


class TestTimeout(BaseException):
    """It is no Exception, so that no test catches it by accident."""


def with_older(newest, older):
    """Parameters of tests: a kernel's newest version, and, in thorough tests, the older one, if it is another."""
    return [newest] + [pytest.param(flavour, marks=pytest.mark.thorough) for flavour in {older} - {newest}]


def pytest_sessionstart():
    remove_old_images()


def pytest_configure(config):
    config.addinivalue_line('markers', 'limit(seconds): the longest that a test may take')
    config.addinivalue_line('markers', 'thorough: it takes long, so `make test` leaves it out')


@contextlib.contextmanager
def limit_by_signal(seconds, text):
    def expired(*_):
        raise TestTimeout(text)

    signal.signal(signal.SIGALRM, expired)
    signal.alarm(int(seconds))
    yield
    signal.alarm(0)


@contextlib.contextmanager
def limit_by_thread(seconds, text):
    """pytest-xdist runs tests in another thread when its own one was busy for a moment, and signals come to the main
    thread only. A call that waits in C is not interrupted by this."""
    test = ctypes.c_ulong(threading.get_ident())
    expired = type('Expired', (TestTimeout,), {'__str__': lambda _: text})
    timer = threading.Timer(seconds, ctypes.pythonapi.PyThreadState_SetAsyncExc, (test, ctypes.py_object(expired)))
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """Ends a test that hangs in a place without a limit of its own."""
    marker = item.get_closest_marker('limit')
    seconds = scaled(marker.args[0] if marker else TEST_LIMIT)
    is_main = threading.current_thread() is threading.main_thread()
    with (limit_by_signal if is_main else limit_by_thread)(seconds, f'{item.nodeid}: not done within {seconds:g} s'):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Writes the machines' registers beside their logs if a test fails."""
    report = yield
    if call.when == 'call' and report.get_result().failed:
        for value in getattr(item, 'funcargs', {}).values():
            for machine in value.started if isinstance(value, Machines) else [value]:
                if isinstance(machine, Machine):
                    machine.save_registers()


class Machines:
    """Starts machines for a test or a module, and ends those that still run."""

    def __init__(self, name):
        self._name = re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('-')
        self.started = []

    def start(self, options, modules, **settings):
        """Boots the monitor with these options and (file, line) modules."""
        return self._keep(Machine.switchyard(self._next_name(), options, modules, **settings))

    def start_image(self, image, **settings):
        """Boots from this image, or from the devices in devices=."""
        return self._keep(Machine(self._next_name(), image, **settings))

    def _next_name(self):
        number = len(self.started)
        return self._name + (f'-{number}' if number else '')

    def _keep(self, machine):
        self.started.append(machine)
        return machine

    @property
    def logs(self):
        """A folder for files that a test makes."""
        folder = LOGS / (self._name + '.files')
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def end(self):
        for machine in self.started:
            machine.quit()
        self.started.clear()


@pytest.fixture
def machines(request):
    """For tests that start machines of their own."""
    made = Machines(f'{request.module.__name__}.{request.node.name}')
    yield made
    made.end()


@pytest.fixture(scope='module')
def module_machines(request):
    """For module fixtures: one machine that several tests use."""
    # Several workers may run tests of one module; each then has machines of its own.
    worker = os.environ.get('PYTEST_XDIST_WORKER', '')
    made = Machines(f'{request.module.__name__}.{worker}' if worker else request.module.__name__)
    yield made
    made.end()

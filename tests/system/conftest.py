# SPDX-License-Identifier: GPL-2.0-only
"""Hooks and fixtures of the system tests; tests/soak shares them."""

from fixtures import (machines, module_machines, pytest_configure, pytest_runtest_makereport,
                      pytest_runtest_protocol, pytest_sessionstart)

__all__ = ['machines', 'module_machines', 'pytest_configure', 'pytest_runtest_makereport',
           'pytest_runtest_protocol', 'pytest_sessionstart']

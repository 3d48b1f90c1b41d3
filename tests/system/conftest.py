# SPDX-License-Identifier: GPL-2.0-only
"""Hooks and fixtures of the system tests; tests/soak shares them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'harness'))

from fixtures import (machines, module_machines, pytest_configure,  # noqa: E402
                      pytest_runtest_makereport, pytest_runtest_protocol, pytest_sessionstart)

__all__ = ['machines', 'module_machines', 'pytest_configure', 'pytest_runtest_makereport',
           'pytest_runtest_protocol', 'pytest_sessionstart']

"""Where the built programs are. Needs nothing but Python itself: the robustness runs have no more."""
import os
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
sys.path.insert(0, os.path.join(ROOT, "Tools"))
from infoservice_process import Certificates, Infoservice, free_port  # noqa: E402, F401

PROGRAM = os.environ.get("VC3_INFOSERVICE", os.path.join(ROOT, ".build/debug/vc3-infoservice"))
PROGRAMS = os.path.dirname(PROGRAM)

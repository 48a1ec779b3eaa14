"""The oracle: one scripted conversation with a program on the stdlib's asyncore, on the bridge, and after `fix`.

    program = oracle.load("line_echo")                       # or oracle.Program(directory=...,
    arguments=("{port}",)) truth = oracle.Truth(oracle.Stdlib.of(oracle.find_oracle())) comparison =
    truth.check(program, program.drives["tail"], oracle.Bridge(oracle.this_python()), oracle.BYTES) assert
    comparison.same, comparison

Modules, bottom up: `pythons` and `finding` (interpreters, the oracle among them), `ports`, `pump`,
`kernel`, `process` (one program running), `chunking`, `peers`, `stage` (what a drive holds), `transcript`,
`comparison`, `programs`, `fixing`, `modes`, `running` (putting it together), `slips`, `plugin` (pytest), `__main__`
(by hand).
"""

from .chunking import ALL, BYTES, RANDOM, WHOLE, Chunking, Cuts
from .comparison import BACKPRESSURE, FLUSH_ON_EOF, TOLERANCES, Comparison, Difference, compare
from .finding import Oracle, OracleMissing, find_oracle
from .fixing import FixedProgram, FixFailed, Options, fix, legacy_imports
from .modes import (
    BRIDGE,
    Bridge,
    Fixed,
    Launch,
    Mode,
    Script,
    Stdlib,
    Transports,
    has_bridge,
    has_codemods,
    interpreter,
)
from .peers import Datagrams, FakeServer, Stream, Unmet
from .programs import Drive, Program, drive, load, load_from, names
from .pythons import Python, available, this_python
from .running import BadDrive, Truth, run, side_by_side
from .slips import Slip, port_of, ported, slips_of
from .stage import Stage
from .transcript import Connection, Transcript

__all__ = [
    "ALL",
    "BACKPRESSURE",
    "BRIDGE",
    "BYTES",
    "FLUSH_ON_EOF",
    "RANDOM",
    "TOLERANCES",
    "WHOLE",
    "BadDrive",
    "Bridge",
    "Chunking",
    "Comparison",
    "Connection",
    "Cuts",
    "Datagrams",
    "Difference",
    "Drive",
    "FakeServer",
    "FixFailed",
    "Fixed",
    "FixedProgram",
    "Launch",
    "Mode",
    "Options",
    "Oracle",
    "OracleMissing",
    "Program",
    "Python",
    "Script",
    "Slip",
    "Stage",
    "Stdlib",
    "Stream",
    "Transcript",
    "Transports",
    "Truth",
    "Unmet",
    "available",
    "compare",
    "drive",
    "find_oracle",
    "fix",
    "has_bridge",
    "has_codemods",
    "interpreter",
    "legacy_imports",
    "load",
    "load_from",
    "names",
    "port_of",
    "ported",
    "run",
    "side_by_side",
    "slips_of",
    "this_python",
]

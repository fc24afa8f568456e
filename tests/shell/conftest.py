"""Small manual pages of utilities that there are nowhere, in both dialects, and where they lie."""

from pathlib import Path

import pytest

from codefusion.shell.manual import Manuals

FROB = r"""
.\" A page of man(7), with what generators of pages are fond of.
.if n \{\
.  de XX
This is no text.
.  .
.\}
.TH FROB 1
.SH NAME
frob \- turn things around, e.g. files
.SH SYNOPSIS
.B frob
[\fB\-vq\fR] [\fIFILE\fR]...
.SH DESCRIPTION
Not a flag: see \fB\-\-elsewhere\fR.
.TP
\fB\-a\fR, \fB\-\-all\fR
do not skip names starting with a dot, i.e. hidden ones.  More of it.
.TP
.BR \-w ", " \-\-width =\fICOLS\fR
make it this wide
.TP
\fB\-i\fR[\fISUFFIX\fR], \fB\-\-in\-place\fR[=\fISUFFIX\fR]
change files themselves
.TP
.PD 0
.B \-x
.TP
.B \-\-exact
.PD
Match exactly;
keep the rest.
.PP
\-n, \-\-name <pattern>
.RS 4
Only what fits.
.RE
.IP "\fB\-\-newerXY\fR \fIfile\fR" 4
Compare times.
"""

TWIST = """
.Dd January 1, 2024
.Dt TWIST 1
.Sh NAME
.Nm twist
.Nd wring a file
.Sh SYNOPSIS
.Nm
.Op Fl ABch
.Op Fl o Ar file
.Sh DESCRIPTION
.Bl -tag -width indent
.It Fl A
Wring it
.Em all .
.It Fl o Ar file , Fl Fl output Ns = Ns Ar file
Write to
.Ar file .
.El
"""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "man" / "man1"
    folder.mkdir(parents=True)
    (folder / "frob.1").write_text(FROB)
    (folder / "twist.1").write_text(TWIST)
    (folder / "twist-hard.1").write_text(".SH NAME\ntwist-hard \\- twist with force\n")
    (folder / "wring.1").write_text(".so man1/twist.1\n")
    return tmp_path / "man"


@pytest.fixture
def manuals(pages: Path) -> Manuals:
    return Manuals([pages])

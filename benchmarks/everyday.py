"""How often the shipped checkpoints answer an everyday request usefully among the first five.

    python benchmarks/everyday.py [--models bash cf] [--samples 16] [--verbose]

Each request has regular expressions of what a person would use as it is; they were written before
any model was asked, and a candidate counts when one matches all of it. Another right answer that
they do not foresee counts as wrong, so the figures are a little low. None of these requests is in
the training data, whose utterances differ at least in their wording. Seeded, so no repeats.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass

from codefusion.checkpoints import shipped_names
from codefusion.errors import told_in_one_line
from codefusion.pipeline import load_pipeline
from codefusion.quiet import quiet_libraries


@dataclass(frozen=True)
class Request:
    language: str
    utterance: str
    useful: tuple[str, ...]
    columns: tuple[str, ...] = ()


def bash(utterance: str, *useful: str) -> Request:
    return Request("bash", utterance, useful)


def python(utterance: str, *useful: str) -> Request:
    # Kept in a variable or printed, it is as useful.
    return Request("python", utterance, tuple(rf"(\w+ ?= ?|print\(?)?({one})\)?" for one in useful))


def cf(utterance: str, useful: str, columns: str = "") -> Request:
    return Request("cf", utterance, (useful,), tuple(columns.split(",")) if columns else ())


def joined(combinator: str, first: str, second: str) -> str:
    """Two conditions in either order."""
    return rf"{combinator}\(({first}, ?{second}|{second}, ?{first})\)"


def text(column: str, value: str, function: str = "Text(Equals|Contains)") -> str:
    return rf"{function}\(c\[{column}\], ['\"]?(?i:{value})['\"]?\)"


HERE = r"(\./?|\"?\$\(?pwd\)?\"?)?"
OPEN = "['\"]?open['\"]?"
FIND = rf"find {HERE} ?"

REQUESTS = (
    bash(
        "find all python files modified in the last week and count their lines",
        FIND + r"(-type f )?-name ['\"]?\*\.py['\"]? (-type f )?-mtime -7 (-type f )?"
        r"(-exec wc -l \{\} (\+|\\;)|(-print0 )?\| xargs (-0 )?wc -l)",
        FIND + r"(-type f )?-mtime -7 (-type f )?-name ['\"]?\*\.py['\"]? (-type f )?"
        r"(-exec wc -l \{\} (\+|\\;)|(-print0 )?\| xargs (-0 )?wc -l)",
    ),
    bash(
        "show the 10 largest files in the current directory",
        r"ls -\w*S\w* ?\| ?head( -n)?( -|-| )?1[01]",
        r"(du|find|ls).*\| ?sort.*\| ?(head|tail)( -n)?( -|-| )?10",
    ),
    bash("count the number of lines in report.txt", r"(cat report.txt ?\| ?)?wc -l( report.txt)?"),
    bash("list all processes using port 8080", r"(sudo )?(lsof|fuser|ss|netstat).*8080.*"),
    bash(
        "compress the folder photos into photos.tar.gz",
        r"tar -?[cvzf]+ ['\"]?photos.tar.gz['\"]? (\./)?photos/?",
    ),
    bash("delete all empty directories", FIND + r"(-type d -empty|-empty -type d) -delete"),
    bash(
        "replace foo with bar in all txt files",
        r"sed -i(\.\w+|'')? (-e )?['\"]?s/foo/bar/g?['\"]? \*\.txt",
        r"find .*\*\.txt.*sed -i.*s/foo/bar/g?.*",
        r".*grep.*\*\.txt.*sed -i.*s/foo/bar/g?.*",
    ),
    bash("show disk usage of the current folder", r"du -\w*[hs]\w*( \.)?( --max-depth=\d)?"),
    bash("find files larger than 100 MB", r"find [.~/]* ?(-type f )?-size \+100M( -type f)?( .*)?"),
    bash(
        "search for the word error in all log files",
        r"grep .*['\"]?error['\"]?.*\.log.*",
        r"find .*\*\.log.*grep.*error.*",
    ),
    bash("print the last 20 lines of syslog", r"(sudo )?tail (-n ?|-)20 .*syslog"),
    bash(
        "rename all jpeg files to jpg",
        r"rename .*jpeg.*jpg.*",
        r"for .*jpeg.*mv .*",
        r"find .*jpeg.*mv .*",
    ),
    bash("show my ip address", r"(ip (a|addr|address)( show)?|ifconfig|hostname -[iI])( .*)?"),
    bash("kill the process with id 1234", r"(sudo )?kill (-9 |-KILL |-TERM )?1234"),
    bash("make script.sh executable", r"chmod (\+x|u\+x|a\+x|7\d\d) (\./)?script\.sh"),
    bash(
        "count the files in the current directory",
        r"ls( -\w+)?( \.)? ?\| ?wc -l",
        FIND + r"(-maxdepth 1 )?-type f( -maxdepth 1)?( -print)? ?\| ?wc -l",
    ),
    bash("sort names.txt and remove duplicates", r"sort -u names.txt", r"sort names.txt ?\| ?uniq"),
    bash("list files sorted by modification time", r"ls -\w*t\w*( \.| \*)?"),
    bash("download https://example.com/a.zip", r"(wget|curl -\w*[OL]\w*) ['\"]?https://example.com/a.zip['\"]?"),
    bash("create a directory named backup", r"mkdir (-p )?(\./)?['\"]?backup/?['\"]?"),
    bash("copy all png files to the images folder", r"cp (-\w+ )?(\./)?\*\.png (\./)?images/?",
         r"find .*\*\.png.*cp .*images.*"),
    bash("show the first 5 lines of data.csv", r"head (-n ?|-)5 data.csv"),
    bash("print the second column of data.csv separated by commas",
         r"cut -d ?['\"]?,['\"]? -f ?2 data.csv",
         r"awk -F ?['\"]?,['\"]? '\{ ?print \$2 ?\}' data.csv"),
    bash("find broken symbolic links", r"find .*-xtype l.*", r"find .*-L.*-type l.*",
         r"find .*-type l.*! -exec test -e.*"),
    python(
        "sort a dict by value descending",
        r"sorted\((?:list\()?(\w+)\.items\(\)\)?, ?"
        r"key=(lambda (\w+): ?\5\[1\]|(operator\.)?itemgetter\(1\)), ?reverse=True\)",
        r"sorted\((\w+), ?key=\3\.get, ?reverse=True\)",
        r"(OrderedDict|dict|collections\.OrderedDict)\(sorted\(\w+\.items\(\), ?key=.*1.*"
        r"reverse=True\)\)",
    ),
    python("reverse a list `a`", r"a\[::-1\]", r"a\.reverse\(\)", r"(list\()?reversed\(a\)\)?"),
    python(
        "read the file 'data.txt' into a list of lines",
        r"open\('data\.txt'(, ?'r')?\)\.(readlines\(\)|read\(\)\.split(lines\(\)|\('\\n'\)))",
        r"with open\('data\.txt'.*(readlines|splitlines|split\('\\n'\)).*",
        r"list\(open\('data\.txt'.*\)\)",
        r"\[.* for \w+ in open\('data\.txt'.*\)\]",
    ),
    python("convert string '123' to an integer", r"int\('123'\)"),
    python(
        "remove duplicates from list `a`",
        r"list\(set\(a\)\)",
        r"set\(a\)",
        r"list\((collections\.)?(OrderedDict|dict)\.fromkeys\(a\)(\.keys\(\))?\)",
    ),
    python(
        "get the current date",
        r"(datetime\.)?(datetime|date)\.(today|now)\(\)(\.date\(\)|\.strftime\(.*\))?",
        r"time\.strftime\(.*\)",
    ),
    python("join list `words` with commas", r"['\"], ?['\"]\.join\((words|map\(str, words\))\)"),
    python("check if file 'a.txt' exists", r"os\.path\.(exists|isfile)\('a\.txt'\)",
           r"(pathlib\.)?Path\('a\.txt'\)\.(exists|is_file)\(\)"),
    python("sum the numbers in list `a`", r"(np\.|numpy\.)?sum\(a\)"),
    python("get the last element of list `a`", r"a\[-1\]"),
    python("count how often 'x' occurs in list `a`", r"a\.count\('x'\)",
           r"(collections\.)?Counter\(a\)\['x'\]"),
    python("round 3.14159 to two decimals", r"round\(3\.14159, ?2\)",
           r"['\"](%|\{:|\{0:)\.2f\}?['\"] ?(%|\.format).*3\.14159\)?"),
    python("generate a random number between 1 and 10", r"(random\.)?randint\(1, ?10\)",
           r"(random\.)?(randrange|uniform)\(1, ?1[01]\)"),
    python("flatten a list of lists `a`", r"\[(\w+) for (\w+) in a for \3 in \4\]",
           r"(list\()?itertools\.chain(\.from_iterable\(a\)|\(\*a\))\)?", r"sum\(a, ?\[\]\)"),
    python("merge two dictionaries `a` and `b`", r"dict\(a, ?\*\*b\)", r"\{\*\*a, ?\*\*b\}",
           r"dict\((list\()?a\.items\(\)\)? ?\+ ?(list\()?b\.items\(\)\)?\)",
           r"a\.update\(b\)", r"a ?\| ?b"),
    python("split string 'a,b,c' by comma", r"'a,b,c'\.split\(','\)"),
    python("get the keys of dictionary `d` as a list", r"list\(d(\.keys\(\))?\)", r"d\.keys\(\)",
           r"\[\*d\]"),
    python("delete the file 'old.txt'", r"os\.(remove|unlink)\('old\.txt'\)"),
    python("sleep for 5 seconds", r"time\.sleep\(5\)"),
    python("find the index of 'x' in list `a`", r"a\.index\('x'\)"),
    cf("highlight cells above 100 in red", r"GreaterThan\(100\)"),
    cf("mark values below 50", r"LessThan\(50\)"),
    cf("highlight cells between 10 and 20", r"Between\(10, 20\)"),
    cf("color the top 10 values", r"[Tt]op\(10\)"),
    cf("highlight duplicates", r"Duplicates?\(\)"),
    cf("highlight empty cells", r"Blanks\(\)"),
    cf("make cells that contain the word \"late\" yellow", r"TextContains\(late\)"),
    cf("add data bars to the cells", r"DataBar\(\)"),
    cf("highlight rows where the amount is above 1000", r"GreaterThan\(c\[2\], 1000\)",
       "Date,Customer,Amount,Status"),
    cf("highlight rows with status \"open\"", rf"Text(Equals|Contains)\(c\[3\], {OPEN}\)",
       "Date,Customer,Amount,Status"),
    cf("highlight rows where the amount is above 1000 and the status is \"open\"",
       joined("AND", r"GreaterThan\(c\[2\], 1000\)", text("3", "open")),
       "Date,Customer,Amount,Status"),
    cf("highlight scores less than 60", r"LessThan\(c\[1\], 60\)", "Student,Score"),
    # Two conditions, and dates.
    cf("highlight cells that are empty or below 0",
       joined("OR", r"Blanks\(\)", r"LessThan\(0\)")),
    cf("colour cells with an error or with nothing in them",
       joined("OR", r"Errors\(\)", r"Blanks\(\)")),
    cf("mark cells that contain \"late\" or \"overdue\"",
       joined("OR", r"TextContains\(late\)", r"TextContains\(overdue\)")),
    cf("highlight values over 100 but not 250",
       joined("AND", r"GreaterThan\(100\)", r"(NOT\((Text)?Equals\(250\)\)|NotEquals\(250\))")),
    cf("highlight dates from last month", r"LastMonth\(\)"),
    cf("mark everything due tomorrow", r"Tomorrow\(c\[1\]\)", "Task,Due Date"),
    cf("highlight invoices with a due date this week", r"ThisWeek\(c\[1\]\)",
       "Invoice,Due Date,Amount"),
    cf("highlight rows where the region is north or south",
       joined("OR", text("0", "north"), text("0", "south")), "Region,Amount"),
    cf("color orders where the amount is over 500 or the status is \"late\"",
       joined("OR", r"GreaterThan\(c\[1\], 500\)", text("2", "late")), "Order,Amount,Status"),
    cf("highlight students with a score below 60 and no email",
       joined("AND", r"LessThan\(c\[1\], 60\)", r"Blanks\(c\[2\]\)"), "Student,Score,Email"),
    cf("highlight tasks of \"Ana\" due this week",
       joined("AND", text("1", "Ana"), r"ThisWeek\(c\[2\]\)"), "Task,Owner,Due Date"),
    cf("highlight the student with the highest score", r"[Tt]op\(c\[1\](, 1)?\)",
       "Student,Score"),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=shipped_names())
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--verbose", action="store_true", help="print what was answered")
    asked = parser.parse_args()
    quiet_libraries()
    for name in asked.models:
        pipeline = load_pipeline(name)
        language = pipeline.model.config.languages[0]
        requests = [one for one in REQUESTS if one.language == language]
        first = five = 0
        for one in requests:
            candidates = pipeline(
                one.utterance,
                language=language,
                table=(one.columns,) if one.columns else (),
                num_samples=asked.samples,
            )
            codes = [" ".join(each.code.split()) for each in candidates]
            good = [any(re.fullmatch(p, code) for p in one.useful) for code in codes]
            first += good[0]
            five += any(good)
            mark = "first" if good[0] else "top 5" if any(good) else "no"
            print(f"{mark:<6} {one.utterance}")
            if asked.verbose:
                for code, is_good in zip(codes, good, strict=True):
                    print(f"       {'*' if is_good else ' '} {code}")
        print(
            f"{name}: useful first {first} of {len(requests)}, among five {five} of {len(requests)}"
        )


if __name__ == "__main__":
    told_in_one_line(main)

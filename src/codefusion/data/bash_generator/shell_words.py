"""Requests that name one of a few fixed words: a command to run, an option, a network interface.

Not for names that are made up; the macros are those of `system_commands.BOOK`."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import read_table
from codefusion.data.bash_generator.templates import Template

# What WORD stands for in the tables below: commands to be run, aliased or timed, and so on.
_COMMANDS = [
    "ls",
    "ls -l",
    "ls -la",
    "df -h",
    "git status",
    "du -sh",
    "ps aux",
    "free -m",
    "make test",
    "python main.py",
    "uptime",
]
_OPTIONS = [
    "autocd",
    "cdspell",
    "checkwinsize",
    "cmdhist",
    "dotglob",
    "expand_aliases",
    "extglob",
    "failglob",
    "globstar",
    "histappend",
    "huponexit",
    "nocaseglob",
    "nocasematch",
    "nullglob",
    "xpg_echo",
]
_INTERFACES = ["eth0", "eth1", "en0", "en1", "wlan0"]
_UTILITIES = [
    "find",
    "grep",
    "sed",
    "awk",
    "ls",
    "tar",
    "chmod",
    "sort",
    "rsync",
    "bash",
    "ssh",
    "xargs",
]

_RUNS = r"""
0.5 <alias> {word} for [command |the command |][WORD|"WORD"|'WORD']
  $ alias {word}='WORD'
  $ alias {word}="WORD"
0.6 [<run>|run] [command |the command |][WORD|"WORD"|'WORD'] every {small} seconds
  $ watch -n {small} WORD
  $ watch -n {small} 'WORD'
  $ watch -n {small} "WORD"
0.3 [<run>|run] [command |][WORD|"WORD"] [repeatedly|every 2 seconds][ and watch the output|]
  $ watch WORD
  $ watch 'WORD'
0.3 [<run>|run] [WORD|"WORD"|'WORD'] every {small} seconds[,|] [highlighting|and highlight] [the
  |] [differences|changes]
  $ watch -d -n {small} 'WORD'
  $ watch -n {small} -d 'WORD'
0.5 [<run>|run] [command |the command |][WORD|"WORD"|'WORD'] on <host>{host} <as> {user}
  $ ssh {user}@{host} "WORD"
  $ ssh {user}@{host} 'WORD'
0.4 [<run>|run] [command |the command |][WORD|"WORD"|'WORD'] as user {user}
  $ su - {user} -c "WORD"
  $ su {user} -c 'WORD'
0.3 [<run>|run] [WORD|"WORD"|'WORD'] and [write|save|store] its output [to|in] {file}
  $ WORD > {file}
0.3 [<run>|run] [WORD|"WORD"|'WORD'] and [write|save] [both |]its output and errors to {file}
  $ WORD > {file} 2>&1
  $ WORD &> {file}
0.3 [<run>|run] [WORD|"WORD"] and [append|add] its output to {file}
  $ WORD >> {file}
0.3 [write|print] the output of [WORD|"WORD"|'WORD'] to [standard output|the terminal|the
  console] and [to |][file |]{file}
  $ WORD | tee {file}
0.3 [write|print] the output of [WORD|"WORD"] to [standard output|the console] and append it to
  {file}
  $ WORD | tee -a {file}
0.3 [save|store] the output of [WORD|"WORD"|'WORD'] in <var> {variable}
  $ {variable}=$(WORD)
  $ {variable}=`WORD`
0.2 [measure|print|show] [the time it takes to run|how long it takes to run] [WORD|"WORD"]
  $ time WORD
0.2 [<run>|run] [WORD|"WORD"] [without showing errors|discarding errors|and hide error messages]
  $ WORD 2>/dev/null
0.2 [<run>|run] [WORD|"WORD"|'WORD'] after {small} seconds
  $ sleep {small} && WORD
  $ sleep {small}; WORD
"""
_SHOPTS = r"""
0.7 <on> [the |][shell option|shell option|shopt option|bash option|option] [WORD|'WORD'|"WORD"]
  $ shopt -s WORD
0.7 <on> [the |][WORD|'WORD'|"WORD"] [shell option|shell option|option]
  $ shopt -s WORD
0.4 <off> [the |][shell option|shell option|shopt option] [WORD|'WORD'|"WORD"]
  $ shopt -u WORD
0.3 <show> [the |][state|status|setting] of [the |]shell option [WORD|'WORD']
  $ shopt WORD
"""
_NETWORKS = r"""
0.6 <show> [the configuration of|information about] [the |][network |]interface
  [WORD|'WORD'|"WORD"]
  $ ifconfig WORD
  $ ifconfig WORD
  $ ip addr show WORD
0.7 [print|show|get|gets|find] [the |]IP address of [the |][network interface WORD|'WORD' network
  interface |interface WORD]
  $ ifconfig WORD | grep 'inet addr:' | cut -d: -f2 | awk '{ print $1 }'
  $ ifconfig WORD | awk '/inet addr/{print substr($2,6)}'
  $ ip addr show WORD | grep 'inet ' | awk '{print $2}'
0.4 [print|get|gets|find] [the |]MAC address of [the |][network interface WORD|'WORD' network
  interface |interface WORD]
  $ ifconfig WORD | awk '/HWaddr/ {print $5}'
  $ cat /sys/class/net/WORD/address
0.4 [turn on|bring up|brings up|turns on] [the |][network |]interface [WORD|'WORD']
  $ ifconfig WORD up
0.4 [turn off|bring down|brings down|shut down] [the |][network |]interface [WORD|'WORD']
  $ ifconfig WORD down
0.4 set the IP address of [the |][network |]interface WORD to {host}
  $ ifconfig WORD {host}
"""
_HELPS = r"""
0.5 [show|display|view|open|read] [the |][manual|manual page|man page] [of|for] [the |][WORD
  command|WORD utility |WORD|command WORD]
  $ man WORD
0.3 [print|prints|show|display] [the |]help [message |page |][of|for|on] [the |][WORD
  command|'WORD' utility |WORD|command WORD]
  $ WORD --help
0.2 <show> [the |]version of [the |][WORD command|WORD|command WORD]
  $ WORD --version
0.2 <show> [the |][full path|path|location] of [the |][WORD command|executable WORD|command WORD]
  $ which WORD
"""


def word_table() -> list[tuple[float, Template]]:
    """The requests with every word that can stand in them, each with its weight."""
    rows: list[tuple[float, Template]] = []
    for table, words in (
        (_RUNS, _COMMANDS),
        (_SHOPTS, _OPTIONS),
        (_NETWORKS, _INTERFACES),
        (_HELPS, _UTILITIES),
    ):
        for word in words:
            rows += read_table(table.replace("WORD", word))
    return rows

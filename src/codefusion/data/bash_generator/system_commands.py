"""Requests about processes and people, joined by those about the machine and the shell.

Not for files or their contents."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import Sentences, read_table
from codefusion.data.bash_generator.machine_commands import MACHINE, NETWORK
from codefusion.data.bash_generator.names import MAKERS
from codefusion.data.bash_generator.shell_commands import SHELL
from codefusion.data.bash_generator.shell_words import word_table
from codefusion.data.bash_generator.templates import Template
from codefusion.data.weighted import Weighted

BOOK = Sentences(
    {
        "show": "show|display|print|print|prints|displays|list|get|report|output",
        "list": "list|list|lists|show|display|print|prints",
        "count": "count|counts|count the number of|print the number of",
        "the": "the |the |",
        "run": "run|run|runs|execute|execute|start",
        "set": "set|set|sets|assign",
        "on": "enable|enables|turn on|set|sets|switch on|activate",
        "off": "disable|disables|turn off|unset|switch off|deactivate",
        "kill": "kill|kill|kills|terminate|stop|end",
        "nine": "kill -9|force kill|forcefully kill|immediately kill|kill with SIGKILL"
        "|send SIGKILL to|send the KILL signal to",
        "pid": "pid|PID|process id|process ID|process number",
        "pids": "pids|PIDs|process ids|process IDs|ids",
        "user": "user |user |the user |",
        "host": "|host |the host |server |the server |machine ",
        "as": "as user|as user|as|with user name|with login name",
        "me": "the current user|the current user|me|the logged in user",
        "job": "cron jobs|crontab entries|cron jobs|jobs in the crontab",
        "bg": "in the background|in background|as a background process",
        "var": "variable|variable|the variable|shell variable|environment variable",
        "ip": "IP address|ip address|IP|DNS record|address",
        "pkg": "package|package|the package|packages named|",
        "loggedin": "logged in|logged on|currently logged in|logged into the system",
        "date": "the current date|the date|current date|today's date|date",
        "readline": "read a line|read one line|read a line of input|reads a line"
        "|read a line from standard input|read input|read a line of standard input",
        "alias": "set alias|create alias|create an alias|define an alias|make an alias",
        "repo": "the repository|the git repository|the current git repository",
    },
    MAKERS,
)

_PROCESSES = r"""
4 <show> [all |all the |information about all |][running |]processes[ on the system| of all users|]
  $ ps aux
  $ ps aux
  $ ps -ef
3 <show> [all |the |][processes|running processes] [of|owned by|belonging to|run by]
  <user>{user}
  $ ps -u {user}
  $ ps -u {user}
  $ ps aux | grep {user}
4 <show> [all |][running |]processes [matching|with a name matching|whose name
  contains|named|containing |that contain] {process}
  $ ps aux | grep {process}
  $ ps -ef | grep {process}
3 <show> [information about|details of] [the |]process [with [<pid> |]|number |]{pid}
  $ ps -p {pid}
2 <show> [the |]command line [arguments |]of [the |]process [with <pid> |]{pid}
  $ ps -fp {pid}
  $ ps -o args= -p {pid}
1 <show> [the |]parent <pid> of [the |]process {pid}
  $ ps -o ppid= -p {pid}
2 <show> [all |]processes [sorted|ordered] by memory[ usage| use|]
  $ ps aux --sort=-%mem
  $ ps aux --sort -rss
2 <show> [all |]processes [sorted|ordered] by [CPU|cpu|processor][ usage| use|]
  $ ps aux --sort=-%cpu
2 <show> the {small} processes [using|that use|consuming] the most memory
  $ ps aux --sort=-%mem | head -n {small}
1 <count> [running |all running |]processes
  $ ps aux | wc -l
  $ ps -e | wc -l
2 <count> processes [of|owned by|run by] <user>{user}
  $ ps -u {user} | wc -l
2 <show> [the |]current shell['s process| process| using its process id]
  $ ps -p $$
3 <show> <the>[<pid>|<pids>] of [{process}|process {process}|all processes named
  {process}|{process} processes]
  $ pgrep {process}
  $ pgrep {process}
  $ pidof {process}
2 <show> <the><pids> of [all |]{process} processes [of|owned by|run by] <user>{user}
  $ pgrep -u {user} {process}
4 [<kill> [the |]process [with <pid> |with id |number |]{pid}|send [SIGTERM|a TERM signal|the
  SIGTERM signal] to [the |]process {pid}]
  $ kill {pid}
4 [<nine>|<nine>] [the |]process [with <pid> |with id |]{pid}
  $ kill -9 {pid}
2 send [SIGHUP|the HUP signal|a hangup signal] to [the |]process [with <pid> |]{pid}
  $ kill -HUP {pid}
1 check [if|whether] [a |the |]process [with <pid> |]{pid} [exists|is running|is alive]
  $ kill -0 {pid}
  $ ps -p {pid}
3 <kill> all [processes [named|called|with the name] {process}|{process} processes|instances of
  {process}]
  $ pkill {process}
  $ killall {process}
3 <nine> all [processes named {process}|{process} processes|instances of {process}]
  $ pkill -9 {process}
  $ killall -9 {process}
  $ kill -9 $(pgrep {process})
2 <kill> all processes whose [command|command line|full command] [matches|contains] {phrase}
  $ pkill -f "{phrase}"
  $ pkill -f '{phrase}'
2 <kill> all processes [of|owned by|belonging to|run by] <user>{user}
  $ pkill -u {user}
  $ killall -u {user}
2 [<kill>|<nine>] [all [processes |]|the process |whatever is ][using|listening on] [TCP |]port
  {port}
  $ kill -9 $(lsof -t -i:{port})
  $ kill $(lsof -t -i:{port})
2 <show> [all |the |][processes|process] [using|listening on] [TCP |]port {port}
  $ lsof -i:{port}
  $ lsof -i :{port}
2 [<show> [all |the |]open files of [the |]process {pid}|<show> files opened by [the |]process
  {pid}]
  $ lsof -p {pid}
1 [change|set] the [priority|nice value] of [the |]process {pid} to {small}
  $ renice {small} -p {pid}
  $ renice -n {small} -p {pid}
3 [monitor|watch|display|show] [all |running |][processes|system activity|process activity]
  [interactively |in real time|with the default settings|continuously|with top]
  $ top
2 [monitor|watch|show with top] [the |][processes|process activity] of <user>{user}
  $ top -u {user}
2 [monitor|watch|use top to monitor] [the |]process [with <pid> |]{pid}
  $ top -p {pid}
2 [<show> process information once in batch mode|run top once in batch mode]
  $ top -b -n 1
  $ top -bn1
1 [run top in batch mode {small} times|<show> process information {small} times in batch mode]
  $ top -b -n {small}
2 [monitor|watch] [the |]processes with [their |][full command lines|complete command lines]
  $ top -c
3 <show> [the |][process tree|tree of processes|hierarchical process tree|processes as a tree]
  $ pstree
2 <show> [the |][process tree|tree of processes] with [<pids>|process id numbers|<pid> of each
  process]
  $ pstree -p
2 <show> [the |]process tree with command line arguments
  $ pstree -a
2 <show> [the |]process tree of [the |]process [with <pid> |]{pid}
  $ pstree {pid}
  $ pstree -p {pid}
2 <show> [the |]process tree of <user>{user}
  $ pstree {user}
2 <show> [the |]process tree of [the current process|the current shell|this shell][ with <pids>|]
  $ pstree -p $$
2 <show> [the |]process tree of [{process}|the {process} process] with <pids>
  $ pstree -p $(pgrep {process})
  $ pstree -p `pidof {process}`
"""

_PEOPLE = r"""
3 [<show> [who is|all users who are|users|all users|which users are] <loggedin>|who is <loggedin>]
  $ who
3 [<show> who is <loggedin> and what [they are|he is] doing]
  $ w
3 <count> [users|users who are|all users|people] <loggedin>
  $ who | wc -l
2 <show> [the |]names of [all |][users|users who are] <loggedin>
  $ who | awk '{print $1}'
  $ who | cut -d ' ' -f 1
  $ users
1 <show> [the |][unique|sorted unique] [names of |]users <loggedin>
  $ who | cut -d ' ' -f 1 | sort -u
  $ who | awk '{print $1}' | sort -u
2 [check|find out] [if|whether] <user>{user} is <loggedin>
  $ who | grep {user}
2 <show> [the |][last|time of the last|time of last] [boot|system boot|reboot][ time|]
  $ who -b
3 <show> [the |][user name|username|login|login name|name] of [the current user|the user running
  this shell]
  $ whoami
2 <show> [the |][user id|uid|UID|user ID|numeric user id] of [the |]user {user}
  $ id -u {user}
2 <show> [the |][user id|uid|UID] of <me>
  $ id -u
2 <show> [the |][user and group ids|uid and gid|identity|user id and groups] of <user>{user}
  $ id {user}
2 <show> [the |][name of the primary group|primary group] of <user>{user}
  $ id -gn {user}
3 <show> [the |all |]groups [that |of |which ]<user>{user}[ belongs to| is in| is a member of]
  $ groups {user}
3 <show> [the |all |]groups [of <me>|that the current user belongs to|the current user is in]
  $ groups
2 [look up|show|display|print] [information|details] [about|for|on] <user>{user}
  $ finger {user}
  $ id {user}
2 <show> [the |]home directory of <user>{user}
  $ eval echo ~{user}
  $ getent passwd {user} | cut -d: -f6
2 <show> [the |][last logins|login history|last logged in users|most recent logins]
  $ last
2 <show> [the |][last logins|login history] of <user>{user}
  $ last {user}
2 <show> [the |]last {small} logins
  $ last -n {small}
  $ last | head -n {small}
1 [add|create] [a |a new |the ]user [named |called |]{user}
  $ sudo useradd {user}
  $ sudo adduser {user}
1 add <user>{user} to [the |]group {group}
  $ sudo usermod -aG {group} {user}
  $ usermod -a -G {group} {user}
1 [change|set] [the |]password [of|for] <user>{user}
  $ passwd {user}
  $ sudo passwd {user}
3 [log in|login|switch|change] [as|to] user {user}
  $ su - {user}
  $ su - {user}
  $ su {user}
2 [log in|login|switch|become] [as |to |][user |]root
  $ su -
  $ sudo su
2 <run> {process} as <user>{user}
  $ sudo -u {user} {process}
  $ su - {user} -c {process}
2 [<run>|run] [the |]script {file} as [root|superuser]
  $ sudo {file}
2 <list> [all |the |]<job> [of <me>|for <me>|]
  $ crontab -l
3 <list> [all |the |]<job> [of|for] user {user}
  $ crontab -u {user} -l
  $ crontab -l -u {user}
2 [edit|change|modify] [the |]<job> [of <me>|]
  $ crontab -e
2 [edit|change|modify] [the |]<job> of user {user}
  $ crontab -u {user} -e
2 [remove|delete] [the |all |]<job> of <me>
  $ crontab -r
2 [install|load|use|replace the current <job> with] [the |][<job> |][from |][file |]{file}[ as
  crontab|]
  $ crontab {file}
2 <list> [all |the |]<job> [containing|that contain|which contain] {word}
  $ crontab -l | grep {word}
  $ crontab -l | grep '{word}'
"""

TEMPLATES: Weighted[Template] = Weighted(
    [
        *(
            row
            for table in (_PROCESSES, _PEOPLE, MACHINE, NETWORK, SHELL)
            for row in read_table(table)
        ),
        *word_table(),
    ]
)

"""Requests about the machine: its date, memory, services, packages, repositories and network.

Not for who or what runs on it; the macros are those of `system_commands.BOOK`."""

from __future__ import annotations

MACHINE = r"""
3 <show> how long the [system|machine] has been [running|up]
  $ uptime
2 <show> [the |][load average|system load|uptime and load|uptime]
  $ uptime
3 <show> [the |][kernel release|kernel version|version of the kernel|kernel release name]
  $ uname -r
3 <show> [all |][system information|information about the system|kernel and system information]
  $ uname -a
2 <show> [the |][machine hardware name|hardware architecture|machine architecture|architecture]
  $ uname -m
1 <show> [the |]operating system[ name| type|]
  $ uname -o
  $ uname -s
3 <show> [the |][host name|hostname|name of this machine|name of the host]
  $ hostname
2 <show> [the |]fully qualified [domain name|host name] [of this machine|]
  $ hostname -f
3 <show> [all |the |][IP addresses|ip addresses|IP address] of [the host|this machine|the host
  name|this host]
  $ hostname -I
  $ hostname -I
  $ hostname -i
1 set the [host name|hostname] [of this machine |]to {word}
  $ hostname {word}
  $ sudo hostname {word}
3 <show> [<date> and time|the date and time|the current time and date]
  $ date
3 <show> <date> [as|in the format] [year-month-day|YYYY-MM-DD|yyyy-mm-dd]|<show> <date> in
  [year-month-day|YYYY-MM-DD] format
  $ date +%Y-%m-%d
  $ date +%Y-%m-%d
  $ date "+%Y-%m-%d"
2 <show> the current time [as|in the format] [HH:MM:SS|hours:minutes:seconds]
  $ date +%H:%M:%S
  $ date +%T
3 <show> [<date>|the current time] [as|in] [epoch seconds|seconds since the epoch|unix time|a unix
  timestamp]
  $ date +%s
2 <show> the date [of |][yesterday|one day ago]
  $ date -d yesterday
  $ date -d "yesterday"
2 <show> yesterday's date [as|in] [year-month-day|YYYY-MM-DD][ format|]
  $ date -d yesterday +%Y-%m-%d
  $ date -d "1 day ago" +%Y-%m-%d
2 <show> [the |]date [of |]{small} days ago
  $ date -d "{small} days ago"
  $ date --date="{small} days ago"
2 <show> [the |]date {small} days [from now|in the future|from today]
  $ date -d "{small} days"
  $ date -d "+{small} days"
2 <show> [the |]current [year|year only]
  $ date +%Y
2 <show> the [name of the |][day of the week|weekday][ of today|]
  $ date +%A
2 <show> [the |]current time in UTC
  $ date -u
2 <show> [a |the |][calendar|calendar for|calendar of] [the current month|this month]
  $ cal
1 <show> [a |the |]calendar of the [previous, current and next month|last, this and next month]
  $ cal -3
1 <show> [a |the |]calendar of [this|the current|the whole current] year
  $ cal -y
2 <show> [the |][free and used memory|memory usage|amount of free memory|free memory]
  $ free
  $ free -m
2 <show> [the |][memory usage|free memory|amount of free and used memory] in [megabytes|MB]
  $ free -m
2 <show> [the |][memory usage|free and used memory] in [human readable|human-readable] [form|format]
  $ free -h
2 <show> [the |]number of [CPUs|processors|cpu cores|processing units]
  $ nproc
1 <show> [information about the |the |][cpu|CPU|processor] [details|architecture|information]
  $ lscpu
1 [reboot|restart] the [system|machine|computer][ now|]
  $ sudo reboot
  $ reboot
1 [shut down|power off|turn off] the [system|machine|computer] now
  $ sudo shutdown -h now
  $ shutdown -h now
2 [restart|restarts] [the |][{process} service|service {process}]
  $ sudo service {process} restart
  $ sudo systemctl restart {process}
1 <show> [the |]status of [the |][{process} service|service {process}]
  $ systemctl status {process}
  $ service {process} status
3 [install|install|installs] <pkg> {package}[ with yum| using yum]
  $ yum install {package}
  $ sudo yum install {package}
3 [install|install|installs] <pkg> {package} [with|using|from] apt[-get|]
  $ sudo apt-get install {package}
  $ apt-get install {package}
2 [install|installs] <pkg> {package} [with|using] yum[,|] [answering yes to all questions|without
  asking]
  $ yum -y install {package}
  $ sudo yum -y install {package}
2 [install|installs] <pkg> {package} [with|using] apt-get [answering yes to all questions|without
  asking]
  $ sudo apt-get install -y {package}
  $ sudo apt-get -y install {package}
2 [remove|uninstall|removes] <pkg> {package} [with|using] yum
  $ yum remove {package}
2 [remove|uninstall|removes] <pkg> {package} [with|using] apt-get
  $ sudo apt-get remove {package}
2 [update|upgrade] all packages [with|using] yum
  $ yum update
  $ yum -y update
2 update the [package lists|package index|list of packages] [with|using|of] apt-get
  $ sudo apt-get update
  $ sudo apt-get update
  $ apt-get update
1 [search|look] for [the |]package {package} [with|using] yum
  $ yum search {package}
1 <show> [details|information] about [the |]package {package}[ with yum|]
  $ yum info {package}
2 [clone|clones] the [git |][repository|repo] {word} from {host}
  $ git clone https://{host}/{word}.git
  $ git clone https://{host}/{word}
2 <show> the [status of <repo>|git status]
  $ git status
2 <list> [all |the |][local |]branches of <repo>
  $ git branch
2 <show> the [name of the |][current git branch|git branch currently checked out]
  $ git branch | grep "*" | cut -d ' ' -f 2
  $ git rev-parse --abbrev-ref HEAD
2 [switch|check out|change] [to |][the |][git |]branch {word}[ in git|]
  $ git checkout {word}
2 [create|make] [a new git branch|a git branch|a branch in git] [named |called |]{word} and [switch
  to it|check it out]
  $ git checkout -b {word}
2 [stage|add] [the file |file |]{file} [to the git index|for the next git commit|in git]
  $ git add {file}
2 commit [all |the |all staged |]changes [to git |in git |]with [the |]message {phrase}
  $ git commit -m "{phrase}"
2 <show> the last {small} [git commits|commits in git|commits]
  $ git log -n {small}
  $ git log -{small}
2 <list> [all |the |]files [tracked by git|in the git repository]
  $ git ls-files
1 <show> [the |][unstaged changes|changes in the working tree|uncommitted changes] [of|to] [the file
  |]{file}
  $ git diff {file}
"""

NETWORK = r"""
3 [ping|pings] <host>{host}
  $ ping {host}
4 [ping <host>{host} {small} times|send {small} ping [requests|packets] to <host>{host}|send {small}
  pings to <host>{host}]
  $ ping -c {small} {host}
3 [send [one|a single] ping [request|packet] to <host>{host}|ping <host>{host} once]
  $ ping -c 1 {host}
1 [check|test] [if|whether] <host>{host} [is reachable|is up|responds]
  $ ping -c 1 {host}
1 ping <host>{host} every {small} seconds
  $ ping -i {small} {host}
3 <show> [information about |the configuration of |][all |][active |]network interfaces
  $ ifconfig
  $ ifconfig -a
  $ ip addr
2 <show> [all |][network interfaces|interfaces][,|] [including|even] inactive ones
  $ ifconfig -a
2 <show> [the |][routing table|kernel routing table|network routes|routes]
  $ netstat -rn
  $ route -n
  $ ip route
2 <show> [all |the |][listening ports|listening sockets|open ports|ports on which something listens]
  $ netstat -tulpn
  $ netstat -lnt
2 <show> [all |][network connections|active connections|open connections]
  $ netstat -an
  $ netstat
2 <show> [all |][network |]connections [on|using|involving] port {port}
  $ netstat -an | grep {port}
  $ netstat -an | grep :{port}
3 <show> [the |]<ip> [of|for] [the domain |domain |<host>|]{host}
  $ dig +short {host}
  $ dig +short {host}
  $ nslookup {host}
2 [do|perform|make] a [DNS lookup|dns lookup|DNS query] [of|for] [domain |]{host}
  $ dig {host}
  $ nslookup {host}
2 <show> [the |][MX records|mail servers|mx records|mail exchange records] [of|for] [domain |]{host}
  $ dig {host} MX
  $ dig +short mx {host}
2 <show> [the |][NS records|name servers|nameservers] [of|for] [domain |]{host}
  $ dig ns {host}
  $ dig +short ns {host}
2 [do a reverse [DNS |]lookup of|reverse lookup for|print the host name of] [the |][IP |][address
  |]{host}
  $ dig -x {host}
1 [trace|show|print] [the |]route [of packets |]to <host>{host}
  $ traceroute {host}
4 [[log in|login|log into] to <host>{host} <as> {user}|ssh [into|to] <host>{host} <as>
  {user}|[connect|ssh] to <host>{host} [via ssh |]<as> {user}]
  $ ssh {user}@{host}
3 [log in to|ssh into|connect via ssh to|ssh to] <host>{host}
  $ ssh {host}
3 [connect|ssh|log in] to <host>{host} [on|via|using] port {port} <as> {user}
  $ ssh -p {port} {user}@{host}
2 [ssh|connect with ssh] to <host>{host} [on|via|using] port {port}
  $ ssh -p {port} {host}
2 [ssh|connect|log in] to <host>{host} <as> {user} [using|with] [the |][private |][key|identity
  file|key file] {file}
  $ ssh -i {file} {user}@{host}
3 [<run>|run] [command |the command |]{process} on <host>{host} <as> {user}
  $ ssh {user}@{host} {process}
  $ ssh {user}@{host} "{process}"
2 [<run>|run] [the |][local |]script {file} on <host>{host} <as> {user}
  $ ssh {user}@{host} 'bash -s' < {file}
2 [ssh|connect|log in] to <host>{host} <as> {user} with X11 forwarding
  $ ssh -X {user}@{host}
2 [forward|tunnel] local port {port} to port {port} [on|of] {host} [over|through|via] ssh <as>
  {user}
  $ ssh -L {port}:localhost:{port} {user}@{host}
1 [copy|install] my [public |]ssh key [to|on] <host>{host} <as> {user}
  $ ssh-copy-id {user}@{host}
2 [create|generate|make] [a |an ][rsa ssh key|RSA key pair|ssh key of type rsa]
  $ ssh-keygen -t rsa
1 [create|generate] an [rsa|RSA] ssh key [stored in|and store it in|in] [the |][file |]{file}
  $ ssh-keygen -t rsa -f {file}
"""

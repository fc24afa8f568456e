"""Requests to the shell itself: variables, options, aliases, history, jobs, input, terminals.

Not for the system around it; the macros are those of `system_commands.BOOK`."""

from __future__ import annotations

SHELL = r"""
4 [<set> <var> {variable} to [the value |]{word}|<set> {word} to <var> {variable}]
  $ {variable}={word}
4 [export <var> {variable} with [the |]value {word}|<set> environment variable {variable} to {word}[
  for [child processes|all subprocesses]|]]
  $ export {variable}={word}
2 [export|exports] <var> {variable}
  $ export {variable}
2 [add|append|put] [the directory |directory |]{folder} to [the |][PATH|$PATH|search path|PATH
  variable]
  $ export PATH=$PATH:{folder}
  $ PATH=$PATH:{folder}
3 [unset|unset|unsets|remove|delete] <var> {variable}
  $ unset {variable}
2 [unset|unsets|remove] [the |][shell |]function {word}
  $ unset -f {word}
4 <show> [the |][value|content|contents] of <var> {variable}
  $ echo ${variable}
  $ echo ${variable}
  $ echo "${variable}"
4 <list> [all |][the |][environment variables|variables of the environment][ and their values|]
  $ env
  $ env
  $ printenv
3 <list> [all |][the |]environment variables [containing|matching|whose name or value contains]
  {word}
  $ env | grep {word}
  $ env | grep {word}
  $ env | grep '{word}'
2 [search|look] for {word} in [the environment|all environment variables][,|] ignoring case
  $ env | grep -i {word}
2 <count> environment variables
  $ env | wc -l
2 <run> {process} in an empty environment
  $ env -i {process}
2 <run> {process} [in an environment without|without] [the |]variable {variable}
  $ env -u {variable} {process}
2 <run> {process} with [environment |]variable {variable} set to {word}
  $ env {variable}={word} {process}
  $ {variable}={word} {process}
2 <list> [all |]shell variables and functions
  $ set
3 [exit the shell|stop the script|exit|abort] [immediately |][if a command fails|on the first error
  |when a command exits with an error]
  $ set -e
1 [do not exit|don't exit] [the shell |]if a command fails
  $ set +e
2 [print|show|display] [commands|each command|all commands] [as they are executed|before executing
  it]
  $ set -x
2 [treat [unset|undefined] variables as errors|raise an error when an unset variable is used]
  $ set -u
2 [make a pipeline fail if any of its commands fails|<on> [shell |][option |]pipefail]
  $ set -o pipefail
2 [[prevent|disable] overwriting [of |]existing files [by redirection|]|<on> [shell |][option
  |]noclobber]
  $ set -o noclobber
  $ set -C
1 [use vi key bindings|turn on vi mode|<on> vi editing mode] [in the shell|on the command line]
  $ set -o vi
2 <list> [all |the |][shopt options|shell options][ and their [state|status]|]
  $ shopt
  $ shopt -p
3 <list> [all |the |][defined |][aliases|shell aliases]
  $ alias
2 [remove|delete|unset|removes] [the |]alias {word}
  $ unalias {word}
2 [remove|delete] all [defined |]aliases
  $ unalias -a
3 <alias> {word} for [command |the command |]{process}
  $ alias {word}='{process}'
  $ alias {word}={process}
3 [print|display|show|list|shows] [the |][command history|history|history of commands|list of past
  commands]
  $ history
4 [print|display|show|list|shows] [the |][last|latest|most recent|previous] {small}
  [commands|lines|entries] [in|of|from] [the |][command |]history
  $ history {small}
  $ history {small}
  $ history | tail -n {small}
3 [search [the |][command |]history for|<list> [all |]commands [in|of] [the |]history
  [containing|matching]] {word}
  $ history | grep {word}
  $ history | grep "{word}"
2 [clear|clear|clears|erase|delete] [the |][command |in-memory |]history[ of this session|]
  $ history -c
2 [delete|remove] [entry|line|number] {small} [from|of] the [command |]history
  $ history -d {small}
2 [append|add] [the |][commands|history lines] of this session to the history file
  $ history -a
2 [write|save] the [current |][command |]history to the history file
  $ history -w
1 read the history file [and append [it|its contents] to the history|into the history]
  $ history -r
3 <list> [all |the |][background |running |][jobs|jobs of this shell]
  $ jobs
2 <list> [all |the |][jobs|background jobs] with [their |]<pids>
  $ jobs -l
2 <list> only [the |]<pids> of [all |][background |]jobs
  $ jobs -p
2 <kill> all [background |running |]jobs
  $ kill $(jobs -p)
  $ jobs -p | xargs kill
2 <count> [running |background |]jobs
  $ jobs | wc -l
2 bring [job|job number|the job] {small} [to the foreground|back to the foreground]
  $ fg %{small}
  $ fg {small}
2 [continue|resume|put] [job|job number] {small} <bg>
  $ bg %{small}
2 bring the [last|current|most recent] job [back |]to the foreground
  $ fg
3 <run> {process} <bg>
  $ {process} &
3 <run> {process} [immune to hangups|so that it survives logout|ignoring hangup signals] <bg>
  $ nohup {process} &
2 <run> {process} <bg> [immune to hangups|with nohup] and [write|save] its output to {file}
  $ nohup {process} > {file} &
  $ nohup {process} > {file} 2>&1 &
3 [<show> [the |][full path|path|location] of|locate] [the |][command|executable|program]
  {package}|find where [the |][command |program ]{package} is
  $ which {package}
2 <show> [all |]the [paths|locations] of [the |][command|executable|program] {package} in [the
  |][PATH|path]
  $ which -a {package}
2 [tell|show|find out] [what kind of command|how the shell would interpret] {package}[ is|]
  $ type {package}
2 [check|test] [if|whether] [the |]command {package} [exists|is installed|is available]
  $ command -v {package}
  $ which {package}
3 <readline> [into|and save it in|and store it in|in] <var> {variable}
  $ read {variable}
2 <readline> [into|and save it in] <var> {variable}[,|] [without interpreting backslashes|keeping
  backslashes |without backslash escapes]
  $ read -r {variable}
4 [<readline> [into|and save it in] <var> {variable} with [the |]prompt {phrase}|[ask|prompt] [the
  user |]with {phrase} and [save|store] the answer in <var> {variable}]
  $ read -p "{phrase}" {variable}
3 [read|reads] [a single|one] character [from standard input |][into|and save it in] <var>
  {variable}
  $ read -n1 {variable}
  $ read -n 1 {variable}
2 [read|reads] a single character [into|in] <var> {variable} with [the |]prompt {phrase}
  $ read -n1 -p "{phrase}" {variable}
3 [[silently read|read silently] [a line|input] into|read a password [without echo |]into] <var>
  {variable}
  $ read -s {variable}
2 read [a line|words] into [the |][bash |]array [variable |]{word}
  $ read -a {word}
2 <readline> into <var> {variable} [with a timeout of|waiting at most] {small} seconds
  $ read -t {small} {variable}
2 [read|reads] {small} characters [from standard input |]into <var> {variable}
  $ read -n {small} {variable}
  $ read -N {small} {variable}
3 [repeatedly|endlessly|continuously|infinitely] [print|output|write] {phrase}[ until killed|]
  $ yes "{phrase}"
  $ yes '{phrase}'
  $ yes "{phrase}"
4 [print|output|write] {phrase} {small} times
  $ yes "{phrase}" | head -n {small}
  $ yes '{phrase}' | head -n {small}
  $ yes "{phrase}" | head -{small}
3 [answer|say] yes to all [questions|prompts] of {file}
  $ yes | {file}
2 [wait|sleep|pause|sleeps|wait for|sleep for|do nothing for] {small} seconds
  $ sleep {small}
2 [wait|sleep|pause] [for |]{small} minutes
  $ sleep {small}m
2 [wait|sleep] {small} seconds and then [run|start|execute] {process}
  $ sleep {small} && {process}
  $ sleep {small}; {process}
3 <list> [all |the |][running |existing |]screen sessions
  $ screen -ls
3 [start|create|open] a [new |]screen session [named|called|with the name] {word}
  $ screen -S {word}
2 [reattach|attach|reconnect] to [the |][detached |]screen session {word}
  $ screen -r {word}
2 <run> {process} in a detached screen session [named|called] {word}
  $ screen -dmS {word} {process}
  $ screen -d -m -S {word} {process}
2 [kill|terminate|quit] [the |]screen session {word}
  $ screen -S {word} -X quit
  $ screen -X -S {word} quit
3 <list> [all |the |][running |]tmux sessions
  $ tmux ls
3 [start|create|open] a [new |]tmux session [named|called|with the name] {word}
  $ tmux new -s {word}
  $ tmux new-session -s {word}
2 [attach|attaches|reattach|connect] to [the |]tmux session {word}
  $ tmux attach -t {word}
  $ tmux a -t {word}
2 [kill|terminate] [the |]tmux session {word}
  $ tmux kill-session -t {word}
2 [exit|exit the script|leave the shell] with [exit |][code|status] {small}
  $ exit {small}
1 [exit|leave|quit] [the |this |the current ]shell
  $ exit
2 [return|set] [the |an |][exit code|exit status] [to |]0[, doing nothing|]
  $ true
1 return [the |an |]exit [code|status] 1
  $ false
2 <show> [the |]exit [status|code] of the [last|previous] command
  $ echo $?
2 <show> the [process id|pid|PID] of the current shell
  $ echo $$
3 [calculate|compute|print|evaluate] [the sum of |the result of |]{small} [plus|and] {small2}
  $ echo "{small} + {small2}" | bc
  $ echo $(({small} + {small2}))
2 [calculate|compute|print] [the product of {small} and {small2}|{small} [times|multiplied by]
  {small2}]
  $ echo "{small} * {small2}" | bc
  $ echo $(({small} * {small2}))
2 [calculate|divide|print] {small} [by|divided by] {small2} with [two|2] decimal places
  $ echo "scale=2; {small} / {small2}" | bc
3 [print|display|echo|show|output] {phrase} if [the |]file {file} exists
  $ [ -f {file} ] && echo "{phrase}"
  $ test -f {file} && echo "{phrase}"
  $ [ -e {file} ] && echo "{phrase}"
3 [print|display|echo|show] {phrase} if [the |][directory|folder] {folder} exists
  $ [ -d {folder} ] && echo "{phrase}"
  $ test -d {folder} && echo "{phrase}"
2 [print|display|echo] {phrase} if [the |]file {file} [is empty|has size zero]
  $ [ ! -s {file} ] && echo "{phrase}"
2 [print|display|echo] {phrase} if <var> {variable} is [empty|unset or empty]
  $ [ -z "${variable}" ] && echo "{phrase}"
2 create [the |]directory {folder} [if it does not exist|unless it exists]
  $ mkdir -p {folder}
  $ [ -d {folder} ] || mkdir {folder}
2 [remove|delete] [the |]file {file} if it exists
  $ rm -f {file}
  $ [ -f {file} ] && rm {file}
3 [<run> [the commands in |]|source |read and execute ][the |][file |script ]{file} in the current
  shell
  $ source {file}
  $ . {file}
3 <run> [the |]script {file}
  $ bash {file}
  $ sh {file}
2 <run> [the |]script {file} [and print each command|in debug mode|with tracing]
  $ bash -x {file}
3 [measure|print|time] [the time |how long ][it takes |][to run|to execute|of running] [the |]script
  {file}[ takes|]
  $ time bash {file}
  $ time {file}
2 <run> {process} and[, if it succeeds,|, on success,| if successful] {package}
  $ {process} && {package}
2 <run> {process} and[, if it fails,| on failure] {package}
  $ {process} || {package}
"""

"""Requests for a text that is new: echo, tee, seq, and the pieces that split makes.

Not for changes of a text that is there: those are `text_edits`."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import read_table

_WRITES = r"""
4 [Append|Add] [the line |the text |a line |]{phrase} to [the end of |]<f>
  $ echo "{phrase}" >> {file}
  $ echo '{phrase}' >> {file}
3 [Write|Save|Put] [the text |the string |]{phrase} <to> <f>|Create [a file|the file|a new
  file|file] {file} [containing|with the content|with] {phrase}
  $ echo "{phrase}" > {file}
  $ echo '{phrase}' > {file}
3 [Print|Display|Write|Output|Echo] [the string |the text |]{phrase} to [the screen|the
  terminal|standard output]|[Print|Display] [the string|the text] {phrase}|Echo [the string |the
  text |]{phrase}
  $ echo "{phrase}"
  $ echo '{phrase}'
2 [Print|Echo|Output] [the string |the text |]{phrase} without [a newline|a trailing newline|the
  trailing newline|newline at the end]
  $ echo -n "{phrase}"
  $ echo -n '{phrase}'
  $ printf "{phrase}"
2 [Print|Echo|Display] {word} and {word2} on [separate lines|two lines]
  $ echo -e "{word}\n{word2}"
  $ printf "{word}\n{word2}\n"
  $ printf '%s\n' {word} {word2}
3 [Print|Display|Show|Echo] the value of [the |]variable {variable}|<Show> [the contents of
  |]variable {variable}
  $ echo ${variable}
  $ echo "${variable}"
2 [Append|Add] {phrase} to [the end of |]<f> as root
  $ echo "{phrase}" | sudo tee -a {file}
  $ echo '{phrase}' | sudo tee -a {file}
2 [Write|Print] {phrase} to [standard output|the screen|the terminal] and [to |]<f>
  $ echo "{phrase}" | tee {file}
  $ echo '{phrase}' | tee {file}
2 [Write|Print] {phrase} to [standard output|the screen|the terminal] and append it to <f>
  $ echo "{phrase}" | tee -a {file}
  $ echo '{phrase}' | tee -a {file}
2 [Write|Copy|Send] <stdin> to [standard output|the terminal|the screen] and [to |]<f>
  $ tee {file}
2 [Append|Add] <stdin> to <f> and [print|write] it to [standard output|the terminal|the screen]
  $ tee -a {file}
2 Run {process} and [write|print|send] its output to both the [screen|terminal] and
  <f>|[Write|Print] the output of [the command |]{process} to the [screen|terminal|console] and
  [to |]<f>|<Save> the output of {process} <to> <f> while displaying it
  $ {process} | tee {file}
1 [Write|Print] the output of [the command |]{process} to the [screen|terminal|console] and append
  it to <f>
  $ {process} | tee -a {file}
2 [Empty|Truncate|Clear the contents of|Delete the contents of] <f>
  $ > {file}
  $ cat /dev/null > {file}
  $ truncate -s 0 {file}
2 <Show> [the numbers|numbers|all numbers] from 1 to {small}|Count from 1 to {small}
  $ seq {small}
  $ seq 1 {small}
2 <Show> [the numbers|numbers|all numbers|integers] from {small2} to {pid}
  $ seq {small2} {pid}
1 <Show> [the numbers|numbers] from {small2} to {pid} in steps of {column}
  $ seq {small2} {column} {pid}
2 <Show> [the numbers|numbers] from 1 to {small} separated by [commas|a comma]|<Show> a comma
  separated list of the numbers from 1 to {small}
  $ seq -s, {small}
  $ seq -s , 1 {small}
  $ seq {small} | paste -sd,
1 <Show> [the numbers|numbers] from 1 to {pid} with leading zeros[ to equal width|]
  $ seq -w {pid}
  $ seq -w 1 {pid}
2 [Calculate|Compute|<Show>] the sum of [all |]the numbers from 1 to {small}|[Add up|Sum] [the
  |]numbers from 1 to {small}
  $ seq -s+ {small} | bc
  $ seq {small} | paste -sd+ | bc
1 <Show> a random number [between|from] 1 [and|to] {small}
  $ shuf -i 1-{small} -n 1
  $ seq {small} | shuf -n 1
  $ seq {small} | sort -R | head -n 1
2 <Show> {small} random [bytes in hexadecimal|hexadecimal bytes]
  $ head -c {small} /dev/urandom | xxd -p
  $ od -An -N{small} -tx1 /dev/urandom
2 Generate a random [string|password] of {small} [characters|alphanumeric characters|letters and
  digits]
  $ tr -dc 'a-zA-Z0-9' < /dev/urandom | head -c {small}
  $ cat /dev/urandom | tr -dc 'a-zA-Z0-9' | head -c {small}
1 <Show> {phrase} {small} times|Repeat {phrase} {small} times
  $ yes "{phrase}" | head -n {small}
  $ yes '{phrase}' | head -n {small}
4 <Split> <f> into <piece> [of|with|with at most|of at most] {small} lines[ each|]|<Split> <f>
  every {small} lines
  $ split -l {small} {file}
3 <Split> <f> into <piece> [of|with|with at most] {small} lines[ each|] [with|using|and use] [the
  |]prefix {word}
  $ split -l {small} {file} {word}
2 <Split> <f> into <piece> [of|with] {small} lines[ each|] [with|using|and use] numeric suffixes
  $ split -d -l {small} {file}
2 <Split> <f> into <piece> [of|with] {small} lines each with numeric suffixes and [the |]prefix
  {word}
  $ split -d -l {small} {file} {word}
  $ split -l {small} -d {file} {word}
3 <Split> <f> into <piece> of [at most |]{small}[ MB| MiB| megabytes|M][ each|]
  $ split -b {small}M {file}
  $ split -b {small}m {file}
1 <Split> <f> into <piece> of [at most |]{small}[ KB| kilobytes|k][ each|]
  $ split -b {small}k {file}
2 <Split> <f> into {small2} [equal |equally sized |]<piece>[ of equal size|]
  $ split -n {small2} {file}
"""
WRITES = read_table(_WRITES)

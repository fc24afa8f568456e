"""Requests for the lines that hold a text, or for the files that do: grep.

Not for lines by their columns: those are `text_columns`."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import read_table

_SEARCHES = r"""
5 <Show> <lines> <in> <f> <has> <x>|<Show> <lines> <has> <x> <in> <f>|<Find> <x> in <f>|In <f>,
  <show> <lines> <has> <x>|Search <f> for <x>
  $ grep "{phrase}" {file}
  $ grep '{phrase}' {file}
  $ grep "{phrase}" {file}
  $ cat {file} | grep "{phrase}"
4 <Show> <lines> <in> <f> <lacks> <x>|<Show> <lines> <lacks> <x> <in> <f>|<Show> <f>
  [without|except for|excluding] lines <has> <x>
  $ grep -v "{phrase}" {file}
  $ grep -v '{phrase}' {file}
4 <Show> <lines> <in> <f> <has> <x>[,|] <any case>|<Find> <x> in <f>[,|] <any
  case>|Case-insensitively search <f> for <x>
  $ grep -i "{phrase}" {file}
  $ grep -i '{phrase}' {file}
3 <Show> <lines> <has> <x> <in> <f> <numbered>|<Find> <x> in <f> and print [the |]line
  numbers|<Show> the line numbers [and lines |]where <x> occurs in <f>
  $ grep -n "{phrase}" {file}
  $ grep -n '{phrase}' {file}
2 <Show> only the line numbers of lines <has> <x> <in> <f>
  $ grep -n '{phrase}' {file} | cut -d: -f1
  $ grep -n "{phrase}" {file} | cut -f1 -d:
3 <Show> <lines> <in> <f> [that contain|containing] the whole word {word}|<Find> the whole word
  {word} in <f>|<Find> {word} as a whole word in <f>
  $ grep -w {word} {file}
  $ grep -w '{word}' {file}
3 <Show> <lines> <in> <f> [starting|beginning|that start|that begin] with <x>
  $ grep '^{phrase}' {file}
  $ grep "^{phrase}" {file}
3 <Show> <lines> <in> <f> [ending with|that end with|ending in] <x>
  $ grep '{phrase}$' {file}
  $ grep "{phrase}$" {file}
1 <Show> <lines> <in> <f> [that are exactly|equal to|that match exactly] {phrase}
  $ grep -x '{phrase}' {file}
  $ grep '^{phrase}$' {file}
3 <Show> <lines> <in> <f> [containing|that contain|with|matching] [either |]{word} or {word2}
  $ grep -E '{word}|{word2}' {file}
  $ grep -E "{word}|{word2}" {file}
  $ egrep '{word}|{word2}' {file}
  $ grep '{word}\|{word2}' {file}
3 <Show> <lines> <in> <f> [containing|that contain|with] both {word} and {word2}
  $ grep {word} {file} | grep {word2}
  $ grep '{word}' {file} | grep '{word2}'
3 <Show> <lines> <in> <f> [containing|that contain|with] {word} but not {word2}
  $ grep {word} {file} | grep -v {word2}
  $ grep '{word}' {file} | grep -v '{word2}'
1 <Show> <lines> <in> <f> [containing|with] neither {word} nor {word2}
  $ grep -v -e {word} -e {word2} {file}
  $ grep -vE '{word}|{word2}' {file}
2 <Show> only the [matching part|matches|matched text] of [lines matching |]<x> <in> <f>|Extract
  [all|every] [match|occurrence] of <x> from <f>
  $ grep -o "{phrase}" {file}
  $ grep -o '{phrase}' {file}
2 <Show> <lines> <has> <x> <in> <f> [and|with|plus] {small} lines [after|after it|after each
  match|that follow]|<Find> <x> in <f> and print {small} lines after [it|each match]
  $ grep -A {small} "{phrase}" {file}
  $ grep -A{small} '{phrase}' {file}
2 <Show> <lines> <has> <x> <in> <f> [and|with] {small} lines [before|before it|before each match]
  $ grep -B {small} "{phrase}" {file}
  $ grep -B{small} '{phrase}' {file}
2 <Show> <lines> <has> <x> <in> <f> with {small} lines of context|<Find> <x> in <f> and print
  {small} lines [before and after it|around each match]
  $ grep -C {small} "{phrase}" {file}
  $ grep -C{small} '{phrase}' {file}
2 <Show> the first {small} lines [containing|matching|with] <x> <in> <f>
  $ grep -m {small} "{phrase}" {file}
  $ grep "{phrase}" {file} | head -n {small}
2 <Show> the first line [containing|matching|with] <x> <in> <f>
  $ grep -m1 '{phrase}' {file}
  $ grep -m 1 "{phrase}" {file}
  $ grep "{phrase}" {file} | head -n 1
2 <Show> the last line [containing|matching|with] <x> <in> <f>
  $ grep "{phrase}" {file} | tail -n 1
  $ grep '{phrase}' {file} | tail -1
2 <Show> [everything|all lines] <in> <f> between {word} and {word2}|<Show> <lines> <in> <f> from
  the one with {word} to the one with {word2}
  $ sed -n '/{word}/,/{word2}/p' {file}
  $ awk '/{word}/,/{word2}/' {file}
2 <Show> [non-empty|non-blank|the non-blank] lines <in> <f>|<Show> <f> without [blank|empty] lines
  $ grep -v '^$' {file}
  $ sed '/^$/d' {file}
  $ grep . {file}
2 <Show> <f> without [comments|comment lines|lines starting with #]|<Show> <lines> <in> <f> that
  [do not|don't] start with #
  $ grep -v '^#' {file}
1 <Show> <f> without [comments and blank lines|comment lines and empty lines|blank lines and
  comments]
  $ grep -v '^#' {file} | grep -v '^$'
  $ grep -v -e '^#' -e '^$' {file}
  $ egrep -v '^#|^$' {file}
2 <Show> <lines> <in> <f> longer than {small} characters
  $ awk 'length > {small}' {file}
  $ awk 'length($0) > {small}' {file}
2 <Show> <lines> <in> <f> that contain [a digit|digits|a number]
  $ grep '[0-9]' {file}
1 [Extract|<Show>] all [numbers|the numbers] <in> <f>
  $ grep -o '[0-9]*' {file}
  $ grep -Eo '[0-9]+' {file}
1 [Extract|<Show>] all [IP addresses|the IP addresses] <in> <f>
  $ grep -Eo '([0-9]{1,3}\.){3}[0-9]{1,3}' {file}
4 [Recursively search|Search recursively] for <x> <here>|<Find> <x> <each> <here>|<Show> <lines>
  <has> <x> in all files <here>
  $ grep -r "{phrase}" .
  $ grep -r '{phrase}' .
  $ grep -R "{phrase}" .
4 [Recursively search|Search recursively] for <x> in [the directory |directory |the folder
  |]{folder}|<Find> <x> in all files [in|under] {folder}|Search all files under {folder} for <x>
  $ grep -r "{phrase}" {folder}
  $ grep -r '{phrase}' {folder}
  $ grep -R '{phrase}' {folder}
3 <Show> [the names of |][all |the |]files [in|under] {folder} [containing|that contain|with] <x>
  $ grep -rl "{phrase}" {folder}
  $ grep -rl '{phrase}' {folder}
3 <Show> [the names of |only the names of ][all |the |]files <here> [containing|that contain|with]
  <x>
  $ grep -rl "{phrase}" .
  $ grep -l -r '{phrase}' .
2 <Show> [the names of |][the |all |]{extension} files [containing|that contain|with] <x>
  $ grep -l "{phrase}" *.{extension}
2 <Show> [the names of |][the |all |]{extension} files that [do not|don't] contain <x>
  $ grep -L "{phrase}" *.{extension}
3 <Find> <x> in [all|the|every] {extension} [files|files <cwd>]|<Show> <lines> <has> <x> in all
  {extension} files
  $ grep "{phrase}" *.{extension}
  $ grep '{phrase}' *.{extension}
3 [Recursively search|Search] all {extension} files [in|under] {folder} for <x>|Recursively search
  for <x> in {extension} files [in|under] {folder}
  $ grep -r --include="*.{extension}" "{phrase}" {folder}
  $ grep -r "{phrase}" {folder} --include=*.{extension}
  $ grep -r --include '*.{extension}' '{phrase}' {folder}
2 Recursively search {folder} for <x>[,|] <any case>|<Find> <x> in all files under {folder}[,|]
  <any case>
  $ grep -ri "{phrase}" {folder}
  $ grep -ir '{phrase}' {folder}
2 Recursively search {folder} for <x> and print [the |]line numbers|<Find> <x> in all files under
  {folder} <numbered>
  $ grep -rn "{phrase}" {folder}
  $ grep -rn '{phrase}' {folder}
  $ grep -nr "{phrase}" {folder}
2 <Show> lines of {file} that [match|contain] any [pattern|string|line] [in|listed in|of] {file2}
  $ grep -f {file2} {file}
  $ grep -Ff {file2} {file}
2 <Show> lines <in> <f> [that are not in|not found in|missing from] {file2}
  $ grep -vxFf {file2} {file}
  $ grep -Fxvf {file2} {file}
  $ comm -23 <(sort {file}) <(sort {file2})
1 [Check|Test] [whether|if] <f> contains <x>[ without output| quietly|]
  $ grep -q "{phrase}" {file}
  $ grep -q '{phrase}' {file}
"""
SEARCHES = read_table(_SEARCHES)
